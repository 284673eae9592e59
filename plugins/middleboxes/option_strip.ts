import type { Middlebox } from "../../src/mod.ts";

const SYN = 0x02;

export default {
  kind: "middlebox",
  name: "option-strip",
  version: "1.0.0",
  api: "^1",
  summary: "takes a TCP option out of SYNs and SYN-ACKs",
  references: ["RFC 9293"],
  value: { type: "integer", summary: "the kind of the option", minimum: 2, maximum: 255 },
  program: (kind: number) => (packet) => {
    if (packet.tcpFlags & SYN) packet.removeOption(kind);
    return undefined;
  },
} satisfies Middlebox;
