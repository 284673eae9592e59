import type { Middlebox } from "./middlebox.ts";

const DNS = "meta l4proto { tcp, udp } th dport 53";

/** Middleboxes that interfere with UDP (RFC 768), and with DNS. */
export const udp = [
  {
    name: "drop-zero-checksum",
    block: 31,
    summary: "drops UDP datagrams without a checksum",
    rules: ({ to }) => [`${to} udp checksum 0 drop`],
  },
  {
    name: "refuse-zero-checksum",
    block: 32,
    summary: "answers UDP datagrams without a checksum with ICMP administratively prohibited",
    rules: ({ to }) => [`${to} udp checksum 0 reject with icmpx admin-prohibited`],
  },
  {
    name: "drop-checksum",
    block: 33,
    summary: "drops UDP datagrams that have a checksum",
    rules: ({ to }) => [`${to} udp checksum != 0 drop`],
  },
  {
    name: "drop-dns",
    block: 34,
    summary: "drops everything to port 53",
    rules: ({ to }) => [`${to} ${DNS} drop`],
  },
  {
    name: "refuse-dns",
    block: 35,
    summary: "refuses everything to port 53, as a host without a DNS server does",
    rules: ({ to }) => [
      `${to} tcp dport 53 reject with tcp reset`,
      `${to} udp dport 53 reject with icmpx port-unreachable`,
    ],
  },
  {
    name: "garble-dns",
    block: 36,
    summary: "overwrites transaction id and flags of DNS answers over UDP",
    rules: ({ from }) => [`${from} udp sport 53 @th,64,32 set 0`],
  },
] as const satisfies readonly Middlebox[];
