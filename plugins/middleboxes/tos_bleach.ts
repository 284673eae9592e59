import type { Middlebox } from "../../src/mod.ts";

export default {
  kind: "middlebox",
  name: "tos-bleach",
  version: "1.0.0",
  api: "^1",
  summary: "clears the whole octet that was type of service: DSCP and ECN",
  references: ["RFC 2474", "RFC 3168"],
  rules: ({ ip, both }) => both.map((match) => `${match} ${ip} dscp set cs0 ${ip} ecn set not-ect`),
  program: () => (packet) => {
    packet.dscp = 0;
    packet.ecn = 0;
    return undefined;
  },
} satisfies Middlebox;
