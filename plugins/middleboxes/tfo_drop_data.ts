import type { Middlebox } from "../../src/mod.ts";
import { synsWithData } from "./shared/syn_data.ts";

const SYN = 0x02;
const ACK = 0x10;

export default {
  kind: "middlebox",
  name: "tfo-drop-data",
  version: "1.0.0",
  api: "^1",
  summary: "drops SYNs with data",
  references: ["RFC 7413"],
  rules: (place) => synsWithData(place).map((match) => `${match} drop`),
  program: () => ({ direction, tcpFlags, payloadLength }) =>
    direction === "forward" && (tcpFlags & (SYN | ACK)) === SYN && payloadLength > 0
      ? "drop"
      : undefined,
} satisfies Middlebox;
