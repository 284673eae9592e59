import type { Middlebox } from "../../src/mod.ts";

const SYN = 0x02;
const ACK = 0x10;

export default {
  kind: "middlebox",
  name: "tfo-drop-data",
  version: "1.0.0",
  api: "^1",
  summary: "drops SYNs with data",
  references: ["RFC 7413"],
  program: () => (packet) =>
    (packet.tcpFlags & (SYN | ACK)) === SYN && packet.payloadLength > 0 ? "drop" : undefined,
} satisfies Middlebox;
