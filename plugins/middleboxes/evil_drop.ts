import type { Middlebox } from "../../src/mod.ts";

export default {
  kind: "middlebox",
  name: "evil-drop",
  version: "1.0.0",
  api: "^1",
  summary: "drops packets with the reserved flag, the evil bit",
  references: ["RFC 3514"],
  // IPv6 has no such flag
  rules: ({ ip, both }) =>
    ip === "ip6" ? [] : both.map((match) => `${match} ip frag-off & 0x8000 == 0x8000 drop`),
  program: () => ({ reserved }) => reserved ? "drop" : undefined,
} satisfies Middlebox;
