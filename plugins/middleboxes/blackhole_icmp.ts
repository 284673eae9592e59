import type { Middlebox } from "../../src/mod.ts";

const PROTOCOL = { ip: "icmp", ip6: "ipv6-icmp" } as const;

export default {
  kind: "middlebox",
  name: "blackhole-icmp",
  version: "1.0.0",
  api: "^1",
  summary: "drops every ICMP message both ways, and errors about what goes there",
  references: ["RFC 2923"],
  narrows: ["to", "direction", "probability"],
  rules: ({ ip, both, errors }) =>
    [...both, ...errors].map((match) => `${match} meta l4proto ${PROTOCOL[ip]} drop`),
} satisfies Middlebox;
