import type { Middlebox } from "../../src/mod.ts";

export default {
  kind: "middlebox",
  name: "transparent",
  version: "1.0.0",
  api: "^1",
  summary: "lets everything through as it is",
  narrows: [],
  rules: () => [],
  program: () => () => undefined,
} satisfies Middlebox;
