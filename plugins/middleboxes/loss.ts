import type { Middlebox } from "../../src/mod.ts";

export default {
  kind: "middlebox",
  name: "loss",
  version: "1.0.0",
  api: "^1",
  summary: "drops packets at random, both ways",
  value: { type: "probability", summary: "the share of packets" },
  narrows: ["to", "port", "direction"],
  program: (probability: number, { random }) => () => random() < probability ? "drop" : undefined,
} satisfies Middlebox;
