import type { Middlebox } from "../../src/mod.ts";

export default {
  kind: "middlebox",
  name: "conn-limit",
  version: "1.0.0",
  api: "^1",
  summary: "drops SYNs while so many connections of their IP version are open",
  value: { type: "integer", summary: "connections", minimum: 1, maximum: 1000000 },
  narrows: ["to", "port"],
  rules: ({ forward }, connections: number) =>
    forward === null ? [] : [
      `${forward} tcp flags & (syn|ack) == syn ct count over ${connections} drop`,
    ],
} satisfies Middlebox;
