import type { Middlebox } from "../../src/mod.ts";

const SYN = 0x02;
const ACK = 0x10;

export default {
  kind: "middlebox",
  name: "evil-reset-syn",
  version: "1.0.0",
  api: "^1",
  summary: "answers SYNs with the reserved flag, the evil bit, with RST",
  references: ["RFC 3514", "RFC 3360"],
  // IPv6 has no such flag
  rules: ({ ip, forward }) =>
    ip === "ip6" || forward === null ? [] : [
      `${forward} ip frag-off & 0x8000 == 0x8000 tcp flags & (syn|ack) == syn ` +
      "reject with tcp reset",
    ],
  program: () => ({ direction, reserved, tcpFlags }) =>
    direction === "forward" && reserved && (tcpFlags & (SYN | ACK)) === SYN ? "reset" : undefined,
} satisfies Middlebox;
