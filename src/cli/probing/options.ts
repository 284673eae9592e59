import type { Options } from "../../contract/option.ts";
import { PROBE_PROTOCOLS } from "../../probe/probe_options.ts";
import { PROBING_LIMITS } from "../../run/limits.ts";
import type { ValuesOf } from "../command.ts";

/** The options of every command that probes hosts through mtr-packet. */
export const probeOptions = {
  port: {
    type: "integer",
    short: "p",
    ...PROBING_LIMITS.port,
    summary: "destination port of UDP, TCP and SCTP probes; the default is 32768 for UDP, else 80",
  },
  timeout: {
    type: "integer",
    value: "SECONDS",
    default: 2,
    ...PROBING_LIMITS.timeout,
    summary: "how long to wait for an answer",
  },
  size: {
    type: "integer",
    value: "OCTETS",
    ...PROBING_LIMITS.size,
    summary: "octets of an ICMP or UDP probe, IP header included; the default is the least",
  },
  tos: {
    type: "integer",
    ...PROBING_LIMITS.tos,
    summary: "octet of the IP header that holds DSCP and ECN (traffic class in IPv6)",
  },
  source: {
    type: "string",
    value: "ADDRESS",
    summary: "address of this host to send from, by the way that its rules have for it",
  },
  ipv4: { type: "boolean", short: "4", summary: "use the IPv4 addresses of names" },
  ipv6: { type: "boolean", short: "6", summary: "use the IPv6 addresses of names" },
  numeric: { type: "boolean", short: "n", summary: "show addresses, and look up no names of them" },
  asn: {
    type: "string",
    value: "FILE",
    summary: "show AS numbers, from a table of prefixes such as CAIDA's pfx2as; gzip is unpacked",
  },
  watch: {
    type: "boolean",
    short: "w",
    summary: "draw the table over and over on the terminal, until Ctrl-C",
  },
  json: { type: "boolean", summary: "write a line of JSON a result, as RIPE Atlas does" },
  csv: { type: "boolean", summary: "write CSV with a header; times are in milliseconds" },
} as const satisfies Options;

/** The protocol of probes; a command may have one of its own where none is given. */
export const protocolOption = {
  type: "string",
  short: "P",
  value: "PROTOCOL",
  choices: PROBE_PROTOCOLS,
  summary: "protocol of the probes",
} as const;

/** What a command that probes was asked for. */
export type ProbingOptions = ValuesOf<typeof probeOptions>;
