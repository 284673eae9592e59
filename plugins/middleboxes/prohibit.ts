import type { Middlebox } from "../../src/mod.ts";

export default {
  kind: "middlebox",
  name: "prohibit",
  version: "1.0.0",
  api: "^1",
  summary: "answers everything with ICMP administratively prohibited",
  references: ["RFC 1812", "RFC 4443"],
  rules: ({ forward }) => forward === null ? [] : [`${forward} reject with icmpx admin-prohibited`],
  program: () => ({ direction }) => direction === "forward" ? "prohibit" : undefined,
} satisfies Middlebox;
