import type { Middlebox } from "../../src/mod.ts";

export default {
  kind: "middlebox",
  name: "tfo-drop-data",
  version: "1.0.0",
  api: "^1",
  summary: "drops SYNs with data",
  references: ["RFC 7413"],
  // Longer than an IP header and a TCP header with all options can be: nftables cannot subtract
  rules: ({ ip, forward }) =>
    forward === null ? [] : [
      `${forward} tcp flags & (syn|ack) == syn meta length > ${
        ip === "ip" ? 20 + 60 : 40 + 60
      } drop`,
    ],
} satisfies Middlebox;
