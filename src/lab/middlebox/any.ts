import type { Middlebox } from "./middlebox.ts";

/** Middleboxes that treat all packets alike. */
export const anyPacket = [
  {
    name: "transparent",
    block: 1,
    summary: "lets everything through as it is",
    rules: () => [],
  },
  {
    name: "drop-all",
    block: 2,
    summary: "drops everything",
    rules: ({ to }) => [`${to} drop`],
  },
  {
    name: "refuse",
    block: 3,
    summary: "answers every SYN with RST",
    rules: ({ to }) => [`${to} tcp flags & syn == syn reject with tcp reset`],
  },
  {
    name: "unreachable",
    block: 4,
    summary: "answers everything with ICMP administratively prohibited",
    rules: ({ to }) => [`${to} reject with icmpx admin-prohibited`],
  },
] as const satisfies readonly Middlebox[];
