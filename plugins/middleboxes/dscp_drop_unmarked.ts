import type { Middlebox } from "../../src/mod.ts";

export default {
  kind: "middlebox",
  name: "dscp-drop-unmarked",
  version: "1.0.0",
  api: "^1",
  summary: "drops packets without a DSCP that go forward",
  references: ["RFC 2474"],
  rules: ({ ip, forward }) => forward === null ? [] : [`${forward} ${ip} dscp cs0 drop`],
  program: () => ({ direction, dscp }) =>
    direction === "forward" && dscp === 0 ? "drop" : undefined,
} satisfies Middlebox;
