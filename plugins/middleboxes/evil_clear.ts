import type { Middlebox } from "../../src/mod.ts";

export default {
  kind: "middlebox",
  name: "evil-clear",
  version: "1.0.0",
  api: "^1",
  summary: "clears the reserved flag, the evil bit, of packets that are no fragments",
  references: ["RFC 3514"],
  // A raw write of the bit would leave the checksum wrong, and one of the field needs all of it; so
  // fragments keep the flag. IPv6 has no such flag
  rules: ({ ip, both }) =>
    ip === "ip6" ? [] : both.flatMap((match) => [
      `${match} ip frag-off 0xc000 ip frag-off set 0x4000`,
      `${match} ip frag-off 0x8000 ip frag-off set 0`,
    ]),
  program: () => (packet) => {
    if (!packet.isFragment) packet.reserved = false;
    return undefined;
  },
} satisfies Middlebox;
