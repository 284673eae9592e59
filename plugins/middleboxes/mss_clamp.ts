import type { Middlebox } from "../../src/mod.ts";

export default {
  kind: "middlebox",
  name: "mss-clamp",
  version: "1.0.0",
  api: "^1",
  summary: "lowers the maximum segment size both ways",
  references: ["RFC 9293"],
  value: { type: "integer", summary: "octets", default: 1400, minimum: 64, maximum: 65535 },
  rules: ({ both }, octets: number) =>
    both.map((match) => `${match} tcp flags & syn == syn tcp option maxseg size set ${octets}`),
} satisfies Middlebox;
