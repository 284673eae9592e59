import type { Middlebox } from "../../src/mod.ts";

export default {
  kind: "middlebox",
  name: "reorder",
  version: "1.0.0",
  api: "^1",
  summary: "holds some packets until others have overtaken them, for 10 ms",
  references: ["RFC 5236"],
  value: { type: "probability", summary: "the share of packets" },
  narrows: ["to", "port", "direction"],
  program: (probability: number, { random }) => () =>
    random() < probability ? { delay: 10 } : undefined,
} satisfies Middlebox;
