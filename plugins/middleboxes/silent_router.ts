import type { Middlebox } from "../../src/mod.ts";

export default {
  kind: "middlebox",
  name: "silent-router",
  version: "1.0.0",
  api: "^1",
  summary: "sends no ICMP messages of its own",
  narrows: [],
  chains: () => [
    [
      "chain silent {",
      "type filter hook output priority 0",
      // A copy of somebody else's packet
      "meta mark 83 accept",
      "meta l4proto icmp drop",
      "icmpv6 type { destination-unreachable, packet-too-big, time-exceeded, parameter-problem, echo-reply } drop",
      "}",
    ].join("\n"),
  ],
} satisfies Middlebox;
