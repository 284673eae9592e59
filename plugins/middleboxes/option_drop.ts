import type { Middlebox } from "../../src/mod.ts";

const SYN = 0x02;
const ACK = 0x10;

export default {
  kind: "middlebox",
  name: "option-drop",
  version: "1.0.0",
  api: "^1",
  summary: "drops SYNs that have a TCP option",
  references: ["RFC 9293"],
  value: { type: "integer", summary: "the kind of the option", minimum: 2, maximum: 255 },
  narrows: ["to", "port", "probability"],
  rules: ({ both }, kind: number) =>
    both.map((match) => `${match} tcp flags & (syn|ack) == syn tcp option ${kind} exists drop`),
  program: (kind: number) => (packet) =>
    (packet.tcpFlags & (SYN | ACK)) === SYN && packet.option(kind) !== null ? "drop" : undefined,
} satisfies Middlebox;
