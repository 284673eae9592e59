import type { Middlebox } from "../../src/mod.ts";

const SYN = 0x02;
const ACK = 0x10;
const ECE = 0x40;
const CWR = 0x80;

export default {
  kind: "middlebox",
  name: "ecn-drop-plain-syn",
  version: "1.0.0",
  api: "^1",
  summary: "drops SYNs that do not ask for ECN",
  references: ["RFC 3168"],
  rules: ({ forward }) =>
    forward === null ? [] : [`${forward} tcp flags & (syn|ack|ecn|cwr) == syn drop`],
  program: () => ({ direction, tcpFlags }) =>
    direction === "forward" && (tcpFlags & (SYN | ACK | ECE | CWR)) === SYN ? "drop" : undefined,
} satisfies Middlebox;
