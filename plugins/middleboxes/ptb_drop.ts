import type { Middlebox } from "../../src/mod.ts";

const TOO_BIG = {
  ip: "icmp type destination-unreachable icmp code frag-needed",
  ip6: "icmpv6 type packet-too-big",
} as const;

export default {
  kind: "middlebox",
  name: "ptb-drop",
  version: "1.0.0",
  api: "^1",
  summary: "drops ICMP messages that say that a packet is too big",
  references: ["RFC 2923"],
  narrows: ["to", "direction", "probability"],
  rules: ({ ip, errors }) => errors.map((match) => `${match} ${TOO_BIG[ip]} drop`),
} satisfies Middlebox;
