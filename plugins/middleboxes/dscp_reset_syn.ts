import type { Middlebox } from "../../src/mod.ts";

const SYN = 0x02;
const ACK = 0x10;

export default {
  kind: "middlebox",
  name: "dscp-reset-syn",
  version: "1.0.0",
  api: "^1",
  summary: "answers SYNs with a DSCP with RST",
  references: ["RFC 2474", "RFC 3360"],
  rules: ({ ip, forward }) =>
    forward === null
      ? []
      : [`${forward} ${ip} dscp != cs0 tcp flags & (syn|ack) == syn reject with tcp reset`],
  program: () => ({ direction, dscp, tcpFlags }) =>
    direction === "forward" && dscp !== 0 && (tcpFlags & (SYN | ACK)) === SYN ? "reset" : undefined,
} satisfies Middlebox;
