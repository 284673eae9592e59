import { MOST_FLOWS } from "../../../contract/flow.ts";
import type { Options } from "../../../contract/option.ts";
import { STANDARD } from "../../../host/standard.ts";
import type { Invocation, ValuesOf } from "../../command.ts";

/** The options of its command line. */
export const options = {
  "interface": {
    type: "string",
    short: "i",
    value: "NAME|FILE",
    summary: "interface to listen on, or capture file to read, - for one on standard input; " +
      "the default is the interface by which the kernel sends to the Internet",
  },
  filter: {
    type: "string",
    value: "BPF",
    summary: "packets to look at, in the language of tcpdump",
  },
  output: {
    type: "string",
    value: "FILE",
    default: STANDARD,
    summary: "where flow records go, - for standard output; a file there is replaced",
  },
  chain: {
    type: "string",
    value: "FILE",
    repeated: true,
    summary: "chain in JavaScript or TypeScript to run, may be given more than once",
  },
  csv: {
    type: "boolean",
    summary: "write CSV with a header instead of JSON; what is null is empty",
  },
  summary: {
    type: "boolean",
    summary: "write a table of protocols and top talkers at the end instead of flow records",
  },
  json: {
    type: "boolean",
    summary: "with --summary: write it as JSON",
  },
  write: {
    type: "string",
    value: "FILE",
    summary: "keep the packets that were observed in a pcap file; a file there is replaced",
  },
  stats: {
    type: "string",
    value: "FILE",
    summary: "write the statistics as JSON when it ends, also when it breaks off",
  },
  count: {
    type: "integer",
    short: "c",
    value: "PACKETS",
    minimum: 1,
    summary: "end after so many packets",
  },
  duration: {
    type: "number",
    value: "SECONDS",
    minimum: 0.001,
    maximum: 1e9,
    summary: "end after so long: on an interface from the start, in a file from its first packet " +
      "by the packets' own times",
  },
  "list-chains": {
    type: "boolean",
    summary: "list the chains with their fields, and end",
  },
  snaplen: {
    type: "integer",
    value: "OCTETS",
    default: 256,
    minimum: 64,
    maximum: 262_144,
    summary: "octets kept of each packet on an interface",
  },
  idle: {
    type: "number",
    value: "SECONDS",
    default: 30,
    minimum: 0.001,
    maximum: 86_400,
    summary: "a flow without a packet for this long is complete",
  },
  linger: {
    type: "number",
    value: "SECONDS",
    default: 5,
    minimum: 0,
    maximum: 3600,
    summary: "how long a complete flow waits for late packets",
  },
  "max-flows": {
    type: "integer",
    value: "FLOWS",
    default: MOST_FLOWS,
    minimum: 1,
    maximum: 33_554_432,
    summary: "flows kept at once at most; beyond, the one that was idle for longest ends early",
  },
} as const satisfies Options;

/** What `spider observe` was asked for. */
export type ObserveInvocation = Invocation<ValuesOf<typeof options>>;
