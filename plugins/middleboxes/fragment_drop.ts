import type { Middlebox } from "../../src/mod.ts";

export default {
  kind: "middlebox",
  name: "fragment-drop",
  version: "1.0.0",
  api: "^1",
  summary: "drops fragments",
  references: ["RFC 7872"],
  narrows: ["to", "direction", "probability"],
  rules: ({ ip, both }) =>
    both.map((match) =>
      `${match} ${ip === "ip" ? "ip frag-off & 0x3fff != 0" : "exthdr frag exists"} drop`
    ),
} satisfies Middlebox;
