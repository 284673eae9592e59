import type { Middlebox } from "../../src/mod.ts";

export default {
  kind: "middlebox",
  name: "dscp-clear",
  version: "1.0.0",
  api: "^1",
  summary: "sets the DSCP to 0 both ways",
  references: ["RFC 2474"],
  rules: ({ ip, both }) => both.map((match) => `${match} ${ip} dscp set cs0`),
  program: () => (packet) => {
    packet.dscp = 0;
    return undefined;
  },
} satisfies Middlebox;
