import type { Middlebox } from "../../src/mod.ts";

export default {
  kind: "middlebox",
  name: "ecn-reset-syn",
  version: "1.0.0",
  api: "^1",
  summary: "answers SYNs that ask for ECN with RST",
  references: ["RFC 3168", "RFC 3360"],
  rules: ({ forward }) =>
    forward === null
      ? []
      : [`${forward} tcp flags & (syn|ack|ecn|cwr) == (syn|ecn|cwr) reject with tcp reset`],
} satisfies Middlebox;
