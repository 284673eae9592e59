import type { Middlebox } from "../../src/mod.ts";

const MSS = 2;

export default {
  kind: "middlebox",
  name: "mss-strip",
  version: "1.0.0",
  api: "^1",
  summary: "takes the MSS option off SYNs and SYN-ACKs",
  references: ["RFC 9293"],
  rules: ({ both }) =>
    both.map((match) => `${match} tcp flags & syn == syn reset tcp option maxseg`),
  program: () => (packet) => {
    packet.blankOption(MSS);
    return undefined;
  },
} satisfies Middlebox;
