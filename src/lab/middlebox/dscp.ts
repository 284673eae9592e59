import type { Middlebox } from "./middlebox.ts";

/** The mark that an answer gets on a path that marks on its own; CS1 (RFC 2474, section 4.2.2.2). */
export const REMARK = 8;

/** Middleboxes that change or drop by differentiated services codepoint (RFC 2474). */
export const dscp = [
  {
    name: "bleach-dscp",
    block: 13,
    summary: "sets the codepoint to 0 both ways",
    rules: ({ ip, to, from }) => [to, from].map((match) => `${match} ${ip} dscp set cs0`),
  },
  {
    name: "remark-dscp",
    block: 14,
    summary: "sets the codepoint of answers to 8",
    rules: ({ ip, from }) => [`${from} ${ip} dscp set ${REMARK}`],
  },
  {
    name: "drop-dscp",
    block: 15,
    summary: "drops packets with a codepoint",
    rules: ({ ip, to }) => [`${to} ${ip} dscp != cs0 drop`],
  },
  {
    name: "drop-no-dscp",
    block: 16,
    summary: "drops packets without a codepoint",
    rules: ({ ip, to }) => [`${to} ${ip} dscp cs0 drop`],
  },
  {
    name: "refuse-dscp",
    block: 17,
    summary: "answers SYNs with a codepoint with RST",
    rules: ({ ip, to }) => [`${to} ${ip} dscp != cs0 tcp flags & syn == syn reject with tcp reset`],
  },
] as const satisfies readonly Middlebox[];
