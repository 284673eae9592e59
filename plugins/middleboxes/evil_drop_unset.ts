import type { Middlebox } from "../../src/mod.ts";

const SYN = 0x02;
const ACK = 0x10;

export default {
  kind: "middlebox",
  name: "evil-drop-unset",
  version: "1.0.0",
  api: "^1",
  summary: "drops SYNs of IPv4 without the reserved flag, the evil bit",
  references: ["RFC 3514"],
  rules: ({ ip, forward }) =>
    ip === "ip6" || forward === null
      ? []
      : [`${forward} ip frag-off & 0x8000 == 0 tcp flags & (syn|ack) == syn drop`],
  program: () => ({ version, direction, reserved, tcpFlags }) =>
    version === 4 && direction === "forward" && !reserved && (tcpFlags & (SYN | ACK)) === SYN
      ? "drop"
      : undefined,
} satisfies Middlebox;
