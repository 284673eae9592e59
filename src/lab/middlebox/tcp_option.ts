import type { Match, Middlebox } from "./middlebox.ts";

const SYN = "tcp flags & (syn|ack) == syn";
const SYN_ACK = "tcp flags & (syn|ack) == (syn|ack)";

/**
 * The TCP options that middleboxes interfere with: our word in a box's name, the name in nftables,
 * and the usual name.
 */
const OPTIONS = [
  { word: "ts", option: "timestamp", title: "timestamps" },
  { word: "ws", option: "window", title: "window scaling" },
  { word: "sack", option: "sack-perm", title: "SACK" },
] as const;

type Word = typeof OPTIONS[number]["word"];

function boxes<Prefix extends string, Suffix extends string>(
  name: readonly [Prefix, Suffix],
  blocks: readonly [number, number, number],
  summary: (title: string) => string,
  rules: (match: { to: string; from: string }, option: string) => string[],
) {
  return OPTIONS.map(({ word, option, title }, at) => ({
    name: `${name[0]}-${word}-${name[1]}` as `${Prefix}-${Word}-${Suffix}`,
    block: blocks[at]!,
    summary: summary(title),
    rules: (match: { to: string; from: string }) => rules(match, option),
  }));
}

/** The MSS that the server announces on the lab's links. */
const MSS = { ip: 1460, ip6: 1440 } as const;

/** Kind and length of the MSS option. */
const MSS_KIND = 0x0204;

/**
 * Puts four octets of other options in the place of MSS, where a SYN-ACK has nothing else. As
 * nftables does not correct the checksum for a raw write, the urgent pointer, which nobody reads,
 * takes up the difference.
 */
function inPlaceOfMss({ ip, from }: Match, octets: readonly [number, number]): string[] {
  const urgent = MSS_KIND + MSS[ip] - octets[0] - octets[1];
  return [
    `${from} ${SYN_ACK} tcp doff 6 tcp option maxseg size ${MSS[ip]} ` +
    `@th,144,16 set ${urgent} @th,160,32 set ${octets[0] * 0x1_0000 + octets[1]}`,
  ];
}

/** Middleboxes that interfere with timestamps, window scaling and SACK (RFC 7323, RFC 2018). */
export const tcpOption = [
  ...boxes(
    ["strip", "syn"],
    [42, 43, 44],
    (title) => `takes the option for ${title} off the SYN`,
    ({ to }, option) => [`${to} ${SYN} reset tcp option ${option}`],
  ),
  ...boxes(
    ["strip", "syn-ack"],
    [45, 46, 47],
    (title) => `takes the option for ${title} off the SYN-ACK`,
    ({ from }, option) => [`${from} ${SYN_ACK} reset tcp option ${option}`],
  ),
  ...boxes(
    ["drop", "syn"],
    [48, 49, 50],
    (title) => `drops SYNs with the option for ${title}`,
    ({ to }, option) => [`${to} ${SYN} tcp option ${option} exists drop`],
  ),
  {
    name: "drop-bare-syn",
    block: 51,
    summary: "drops SYNs without any of the options for timestamps, window scaling and SACK",
    rules: ({ to }) => [
      `${to} ${SYN} ${OPTIONS.map(({ option }) => `tcp option ${option} missing`).join(" ")} drop`,
    ],
  },
  {
    name: "add-ws-syn-ack",
    block: 52,
    summary: "grants window scaling on SYN-ACKs without any option but MSS, in its place",
    rules: (match) => inPlaceOfMss(match, [0x0103, 0x0307]),
  },
  {
    name: "add-sack-syn-ack",
    block: 53,
    summary: "grants SACK on SYN-ACKs without any option but MSS, in its place",
    rules: (match) => inPlaceOfMss(match, [0x0101, 0x0402]),
  },
] as const satisfies readonly Middlebox[];
