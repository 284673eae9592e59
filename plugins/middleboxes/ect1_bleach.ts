import type { Middlebox } from "../../src/mod.ts";

export default {
  kind: "middlebox",
  name: "ect1-bleach",
  version: "1.0.0",
  api: "^1",
  summary: "clears ECT(1), and leaves ECT(0) and CE",
  references: ["RFC 9331"],
  rules: ({ ip, both }) => both.map((match) => `${match} ${ip} ecn ect1 ${ip} ecn set not-ect`),
} satisfies Middlebox;
