import type { Middlebox } from "../../src/mod.ts";

const SYN = 0x02;

export default {
  kind: "middlebox",
  name: "option-nop",
  version: "1.0.0",
  api: "^1",
  summary: "overwrites a TCP option with NOPs in SYNs and SYN-ACKs",
  references: ["RFC 9293"],
  value: { type: "integer", summary: "the kind of the option", minimum: 2, maximum: 255 },
  rules: ({ both }, kind: number) =>
    both.map((match) => `${match} tcp flags & syn == syn reset tcp option ${kind}`),
  program: (kind: number) => (packet) => {
    if (packet.tcpFlags & SYN) packet.blankOption(kind);
    return undefined;
  },
} satisfies Middlebox;
