import type { Middlebox } from "../../src/mod.ts";

export default {
  kind: "middlebox",
  name: "ecn-clear-syn",
  version: "1.0.0",
  api: "^1",
  summary: "takes ECE and CWR off the SYN",
  references: ["RFC 3168"],
  rules: ({ forward }) =>
    forward === null
      ? []
      : [`${forward} tcp flags & (syn|ack|ecn|cwr) == (syn|ecn|cwr) tcp flags set syn`],
} satisfies Middlebox;
