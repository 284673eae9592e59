import type { Match, Middlebox } from "./middlebox.ts";

const SYN = "tcp flags & (syn|ack) == syn";

/** Matches SYNs that are longer than their headers can be. */
function synWithData(ip: Match["ip"]): string {
  return `${SYN} meta length > ${ip === "ip" ? 20 + 60 : 40 + 60}`;
}

/** Middleboxes that interfere with TCP Fast Open (RFC 7413). */
export const tfo = [
  {
    name: "strip-fastopen",
    block: 20,
    summary: "takes the Fast Open option off SYNs",
    rules: ({ to }) => [`${to} ${SYN} reset tcp option fastopen`],
  },
  {
    name: "strip-fastopen-cookie",
    block: 21,
    summary: "takes the Fast Open option off SYN-ACKs",
    rules: ({ from }) => [`${from} tcp flags & syn == syn reset tcp option fastopen`],
  },
  {
    name: "drop-fastopen",
    block: 22,
    summary: "drops SYNs with the Fast Open option",
    rules: ({ to }) => [`${to} ${SYN} tcp option fastopen exists drop`],
  },
  {
    name: "drop-syn-data",
    block: 23,
    summary: "drops SYNs with data",
    rules: ({ ip, to }) => [`${to} ${synWithData(ip)} drop`],
  },
  {
    name: "strip-fastopen-data",
    block: 24,
    summary: "takes the Fast Open option off SYNs with data",
    rules: ({ ip, to }) => [
      `${to} ${synWithData(ip)} reset tcp option fastopen`,
    ],
  },
] as const satisfies readonly Middlebox[];
