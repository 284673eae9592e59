import type { Middlebox } from "../../src/mod.ts";

export default {
  kind: "middlebox",
  name: "ecn-clear",
  version: "1.0.0",
  api: "^1",
  summary: "clears the ECN field both ways",
  references: ["RFC 3168"],
  rules: ({ ip, both }) => both.map((match) => `${match} ${ip} ecn set not-ect`),
  program: () => (packet) => {
    packet.ecn = 0;
    return undefined;
  },
} satisfies Middlebox;
