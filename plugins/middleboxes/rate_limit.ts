import type { Middlebox } from "../../src/mod.ts";

export default {
  kind: "middlebox",
  name: "rate-limit",
  version: "1.0.0",
  api: "^1",
  summary: "lets so many packets of each IP version go forward in a second, and drops the others",
  value: { type: "integer", summary: "packets a second", minimum: 1, maximum: 1000000 },
  narrows: ["to", "port"],
  rules: ({ forward }, packets: number) =>
    forward === null
      ? []
      : [`${forward} limit rate over ${packets}/second burst ${packets} packets drop`],
} satisfies Middlebox;
