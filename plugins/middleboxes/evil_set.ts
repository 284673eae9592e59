import type { Middlebox } from "../../src/mod.ts";

export default {
  kind: "middlebox",
  name: "evil-set",
  version: "1.0.0",
  api: "^1",
  summary: "sets the reserved flag, the evil bit, of packets that are no fragments",
  references: ["RFC 3514"],
  // As in evil-clear a rule writes all of the field, so fragments stay as they are
  rules: ({ ip, both }) =>
    ip === "ip6" ? [] : both.flatMap((match) => [
      `${match} ip frag-off 0x4000 ip frag-off set 0xc000`,
      `${match} ip frag-off 0 ip frag-off set 0x8000`,
    ]),
  program: () => (packet) => {
    if (!packet.isFragment) packet.reserved = true;
    return undefined;
  },
} satisfies Middlebox;
