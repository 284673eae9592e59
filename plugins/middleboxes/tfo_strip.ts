import type { Middlebox } from "../../src/mod.ts";

const FAST_OPEN = 34;

export default {
  kind: "middlebox",
  name: "tfo-strip",
  version: "1.0.0",
  api: "^1",
  summary: "takes the Fast Open option off SYNs and SYN-ACKs",
  references: ["RFC 7413"],
  rules: ({ both }) =>
    both.map((match) => `${match} tcp flags & syn == syn reset tcp option fastopen`),
  program: () => (packet) => {
    packet.blankOption(FAST_OPEN);
    return undefined;
  },
} satisfies Middlebox;
