import type { Middlebox } from "../../src/mod.ts";

export default {
  kind: "middlebox",
  name: "duplicate",
  version: "1.0.0",
  api: "^1",
  summary: "sends some packets twice",
  references: ["RFC 5560"],
  value: { type: "probability", summary: "the share of packets" },
  narrows: ["to", "port", "direction"],
  program: (probability: number, { random }) => () =>
    random() < probability ? { copies: 1 } : undefined,
} satisfies Middlebox;
