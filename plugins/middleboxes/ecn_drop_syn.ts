import type { Middlebox } from "../../src/mod.ts";

export default {
  kind: "middlebox",
  name: "ecn-drop-syn",
  version: "1.0.0",
  api: "^1",
  summary: "drops SYNs that ask for ECN",
  references: ["RFC 3168"],
  rules: ({ forward }) =>
    forward === null ? [] : [`${forward} tcp flags & (syn|ack|ecn|cwr) == (syn|ecn|cwr) drop`],
} satisfies Middlebox;
