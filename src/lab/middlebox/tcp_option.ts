import type { Middlebox } from "./middlebox.ts";

const SYN = "tcp flags & (syn|ack) == syn";
const SYN_ACK = "tcp flags & (syn|ack) == (syn|ack)";

/** What TCP options may be harmed: our word in a box's name, that of nftables, that of people. */
const OPTIONS = [
  { word: "ts", option: "timestamp", title: "timestamps" },
  { word: "ws", option: "window", title: "window scaling" },
  { word: "sack", option: "sack-perm", title: "SACK" },
] as const;

type Word = typeof OPTIONS[number]["word"];

function boxes<Prefix extends string, Suffix extends string>(
  name: readonly [Prefix, Suffix],
  summary: (title: string) => string,
  rules: (match: { to: string; from: string }, option: string) => string[],
) {
  return OPTIONS.map(({ word, option, title }) => ({
    name: `${name[0]}-${word}-${name[1]}` as `${Prefix}-${Word}-${Suffix}`,
    summary: summary(title),
    rules: (match: { to: string; from: string }) => rules(match, option),
  }));
}

/** Middleboxes that meddle with timestamps, window scaling and SACK (RFC 7323, RFC 2018). */
export const tcpOption = [
  ...boxes(
    ["strip", "syn"],
    (title) => `takes the option for ${title} off the SYN`,
    ({ to }, option) => [`${to} ${SYN} reset tcp option ${option}`],
  ),
  ...boxes(
    ["strip", "syn-ack"],
    (title) => `takes the option for ${title} off the SYN-ACK`,
    ({ from }, option) => [`${from} ${SYN_ACK} reset tcp option ${option}`],
  ),
  ...boxes(
    ["drop", "syn"],
    (title) => `drops SYNs with the option for ${title}`,
    ({ to }, option) => [`${to} ${SYN} tcp option ${option} exists drop`],
  ),
  {
    name: "drop-bare-syn",
    summary: "drops SYNs without any of the options for timestamps, window scaling and SACK",
    rules: ({ to }) => [
      `${to} ${SYN} ${OPTIONS.map(({ option }) => `tcp option ${option} missing`).join(" ")} drop`,
    ],
  },
] as const satisfies readonly Middlebox[];
