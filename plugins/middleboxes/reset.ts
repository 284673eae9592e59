import type { Middlebox } from "../../src/mod.ts";

export default {
  kind: "middlebox",
  name: "reset",
  version: "1.0.0",
  api: "^1",
  summary: "answers SYNs with RST",
  references: ["RFC 9293"],
  rules: ({ forward }) =>
    forward === null ? [] : [`${forward} tcp flags & (syn|ack) == syn reject with tcp reset`],
} satisfies Middlebox;
