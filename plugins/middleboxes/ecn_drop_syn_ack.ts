import type { Middlebox } from "../../src/mod.ts";

export default {
  kind: "middlebox",
  name: "ecn-drop-syn-ack",
  version: "1.0.0",
  api: "^1",
  summary: "drops SYN-ACKs that agree to ECN",
  references: ["RFC 3168"],
  rules: ({ reverse }) =>
    reverse === null ? [] : [`${reverse} tcp flags & (syn|ack|ecn|cwr) == (syn|ack|ecn) drop`],
} satisfies Middlebox;
