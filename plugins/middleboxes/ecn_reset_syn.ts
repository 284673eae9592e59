import type { Middlebox } from "../../src/mod.ts";

const SYN = 0x02;
const ACK = 0x10;
const ECE = 0x40;
const CWR = 0x80;

export default {
  kind: "middlebox",
  name: "ecn-reset-syn",
  version: "1.0.0",
  api: "^1",
  summary: "answers SYNs that ask for ECN with RST",
  references: ["RFC 3168", "RFC 3360"],
  rules: ({ forward }) =>
    forward === null
      ? []
      : [`${forward} tcp flags & (syn|ack|ecn|cwr) == (syn|ecn|cwr) reject with tcp reset`],
  program: () => ({ direction, tcpFlags }) =>
    direction === "forward" && (tcpFlags & (SYN | ACK | ECE | CWR)) === (SYN | ECE | CWR)
      ? "reset"
      : undefined,
} satisfies Middlebox;
