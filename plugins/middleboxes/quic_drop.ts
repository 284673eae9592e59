import type { Middlebox } from "../../src/mod.ts";

export default {
  kind: "middlebox",
  name: "quic-drop",
  version: "1.0.0",
  api: "^1",
  summary: "drops UDP to port 443",
  references: ["RFC 9000"],
  narrows: ["to", "probability"],
  rules: ({ forward }) => forward === null ? [] : [`${forward} udp dport 443 drop`],
} satisfies Middlebox;
