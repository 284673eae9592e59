import type { Middlebox } from "../../src/mod.ts";

export default {
  kind: "middlebox",
  name: "drop",
  version: "1.0.0",
  api: "^1",
  summary: "drops everything that goes forward",
  rules: ({ forward }) => forward === null ? [] : [`${forward} drop`],
  program: () => ({ direction }) => direction === "forward" ? "drop" : undefined,
} satisfies Middlebox;
