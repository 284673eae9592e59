import type { Middlebox } from "../../src/mod.ts";

const CE = 3;

export default {
  kind: "middlebox",
  name: "ecn-set-ce",
  version: "1.0.0",
  api: "^1",
  summary: "marks ECT packets with CE",
  references: ["RFC 3168"],
  rules: ({ ip, both }) =>
    both.map((match) => `${match} ${ip} ecn { ect0, ect1 } ${ip} ecn set ce`),
  program: () => (packet) => {
    if (packet.ecn !== 0) packet.ecn = CE;
    return undefined;
  },
} satisfies Middlebox;
