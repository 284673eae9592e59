import type { Middlebox } from "../../src/mod.ts";

const SYN = 0x02;
const ACK = 0x10;

export default {
  kind: "middlebox",
  name: "reset",
  version: "1.0.0",
  api: "^1",
  summary: "answers SYNs with RST",
  references: ["RFC 9293"],
  rules: ({ forward }) =>
    forward === null ? [] : [`${forward} tcp flags & (syn|ack) == syn reject with tcp reset`],
  program: () => ({ direction, tcpFlags }) =>
    direction === "forward" && (tcpFlags & (SYN | ACK)) === SYN ? "reset" : undefined,
} satisfies Middlebox;
