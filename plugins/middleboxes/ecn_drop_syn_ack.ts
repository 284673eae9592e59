import type { Middlebox } from "../../src/mod.ts";

const SYN = 0x02;
const ACK = 0x10;
const ECE = 0x40;
const CWR = 0x80;

export default {
  kind: "middlebox",
  name: "ecn-drop-syn-ack",
  version: "1.0.0",
  api: "^1",
  summary: "drops SYN-ACKs that agree to ECN",
  references: ["RFC 3168"],
  rules: ({ reverse }) =>
    reverse === null ? [] : [`${reverse} tcp flags & (syn|ack|ecn|cwr) == (syn|ack|ecn) drop`],
  program: () => ({ tcpFlags }) =>
    (tcpFlags & (SYN | ACK | ECE | CWR)) === (SYN | ACK | ECE) ? "drop" : undefined,
} satisfies Middlebox;
