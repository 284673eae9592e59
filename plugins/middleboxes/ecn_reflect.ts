import type { Middlebox } from "../../src/mod.ts";

export default {
  kind: "middlebox",
  name: "ecn-reflect",
  version: "1.0.0",
  api: "^1",
  summary: "gives back the flags of the SYN in the SYN-ACK: ECE and CWR",
  references: ["RFC 3168"],
  rules: ({ reverse }) =>
    reverse === null
      ? []
      : [`${reverse} tcp flags & (syn|ack|ecn|cwr) == (syn|ack|ecn) tcp flags set syn|ack|ecn|cwr`],
} satisfies Middlebox;
