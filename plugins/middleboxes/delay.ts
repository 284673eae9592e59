import type { Middlebox } from "../../src/mod.ts";

export default {
  kind: "middlebox",
  name: "delay",
  version: "1.0.0",
  api: "^1",
  summary: "holds packets for a time, both ways",
  value: { type: "milliseconds", summary: "how long", maximum: 60000 },
  program: (delay: number) => () => ({ delay }),
} satisfies Middlebox;
