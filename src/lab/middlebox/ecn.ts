import type { Middlebox } from "./middlebox.ts";

/** TCP flags that tell the kinds of SYN apart; nftables calls ECE `ecn`. */
const FLAGS = "tcp flags & (syn|ack|ecn|cwr) ==";
const PLAIN_SYN = `${FLAGS} syn`;
const ECN_SYN = `${FLAGS} (syn|ecn|cwr)`;
const ECN_SYN_ACK = `${FLAGS} (syn|ack|ecn)`;

/** Middleboxes that interfere with ECN (RFC 3168). */
export const ecn = [
  {
    name: "drop-ecn-syn",
    block: 5,
    summary: "drops SYNs that ask for ECN",
    rules: ({ to }) => [`${to} ${ECN_SYN} drop`],
  },
  {
    name: "drop-ecn-syn-ack",
    block: 6,
    summary: "drops SYN-ACKs that agree to ECN",
    rules: ({ from }) => [`${from} ${ECN_SYN_ACK} drop`],
  },
  {
    name: "drop-plain-syn",
    block: 7,
    summary: "drops SYNs that do not ask for ECN",
    rules: ({ to }) => [`${to} ${PLAIN_SYN} drop`],
  },
  {
    name: "refuse-ecn-syn",
    block: 8,
    summary: "answers SYNs that ask for ECN with RST",
    rules: ({ to }) => [`${to} ${ECN_SYN} reject with tcp reset`],
  },
  {
    name: "strip-flags",
    block: 9,
    summary: "takes ECE and CWR off the SYN",
    rules: ({ to }) => [`${to} ${ECN_SYN} tcp flags set syn`],
  },
  {
    name: "reflect",
    block: 10,
    summary: "gives back the flags of the SYN in the SYN-ACK: ECE and CWR",
    // Not `@th,104,8 set`: nftables does not correct the checksum for a raw write.
    rules: ({ from }) => [`${from} ${ECN_SYN_ACK} tcp flags set syn|ack|ecn|cwr`],
  },
  {
    name: "clear-ecn",
    block: 11,
    summary: "clears the ECN field both ways",
    rules: ({ ip, to, from }) => [to, from].map((match) => `${match} ${ip} ecn set not-ect`),
  },
  {
    name: "set-ce",
    block: 12,
    summary: "marks ECT packets with CE on the way back",
    rules: ({ ip, from }) => [`${from} ${ip} ecn { ect0, ect1 } ${ip} ecn set ce`],
  },
] as const satisfies readonly Middlebox[];
