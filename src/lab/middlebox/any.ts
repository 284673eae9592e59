import type { Middlebox } from "./middlebox.ts";

/** Middleboxes that treat all packets alike. */
export const anyPacket = [
  {
    name: "transparent",
    summary: "lets everything through as it is",
    rules: () => [],
  },
  {
    name: "drop-all",
    summary: "drops everything",
    rules: ({ to }) => [`${to} drop`],
  },
  {
    name: "refuse",
    summary: "answers every SYN with RST",
    rules: ({ to }) => [`${to} tcp flags & syn == syn reject with tcp reset`],
  },
  {
    name: "unreachable",
    summary: "answers everything with ICMP administratively prohibited",
    rules: ({ to }) => [`${to} reject with icmpx admin-prohibited`],
  },
] as const satisfies readonly Middlebox[];
