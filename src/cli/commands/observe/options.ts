import type { Options } from "../../../contract/option.ts";
import { STANDARD } from "../../../host/standard.ts";
import type { OutputStream } from "../../../host/streams.ts";
import { OBSERVE_DEFAULTS, OBSERVE_LIMITS, rangeOf } from "../../../run/limits.ts";
import type { Invocation, ValuesOf } from "../../command.ts";
import { pluginOptions } from "../../plugin_options.ts";

/** The options of its command line. */
export const options = {
  "interface": {
    type: "string",
    short: "i",
    value: "NAME|FILE",
    repeated: true,
    summary: "interface to listen on, once more for each further one, or any for all of them; or " +
      "capture file to read, - for one on standard input. The default is the interface by which " +
      "the kernel sends to the Internet",
  },
  wait: {
    type: "boolean",
    summary: "wait for interfaces that are not there or are down, and go on when they are back, " +
      "also later on; without it, one that goes away ends it",
  },
  filter: {
    type: "string",
    value: "BPF",
    summary: "packets to look at, in the language of tcpdump",
  },
  output: {
    type: "string",
    value: "FILE",
    summary: "where flow records go, - for standard output, which is the default unless a " +
      "collector has them; a file there is replaced",
  },
  chain: {
    type: "string",
    value: "PLUGIN",
    repeated: true,
    summary:
      "chain of your own to run, by its name, file, folder or URL; may be given more than once",
  },
  csv: {
    type: "boolean",
    summary: "write CSV with a header instead of JSON; what is null is empty",
  },
  parquet: {
    type: "boolean",
    summary: "write a Parquet file instead of JSON, with a column of its type for each field",
  },
  ipfix: {
    type: "boolean",
    summary: "write an IPFIX file instead of JSON (RFC 5655), each flow with both its directions",
  },
  collector: {
    type: "endpoint",
    value: "ADDRESS[:PORT]",
    summary: "send flow records as IPFIX over UDP to a collector; the default port is 4739",
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
    summary:
      "keep the packets that were observed in a pcap file, or in pcapng if its name ends in .pcapng; " +
      "a file there is replaced",
  },
  stats: {
    type: "string",
    value: "FILE",
    summary: "write the statistics as JSON when it ends, also when it breaks off; to a name that " +
      "ends in .prom as Prometheus reads them, every 10 s while it goes on",
  },
  count: {
    type: "integer",
    short: "c",
    value: "PACKETS",
    minimum: OBSERVE_LIMITS.count.minimum,
    summary: "end after this many packets",
  },
  duration: {
    type: "number",
    value: "SECONDS",
    ...rangeOf(OBSERVE_LIMITS.duration),
    summary:
      "end after this time: on an interface from the start, in a file from its first packet " +
      "by the packets' own times",
  },
  "list-chains": {
    type: "boolean",
    summary: "list the chains with their fields, and end",
  },
  snaplen: {
    type: "integer",
    value: "OCTETS",
    default: OBSERVE_DEFAULTS.snaplen,
    ...OBSERVE_LIMITS.snaplen,
    summary: "octets kept of each packet on an interface",
  },
  idle: {
    type: "number",
    value: "SECONDS",
    default: OBSERVE_DEFAULTS.idle,
    ...rangeOf(OBSERVE_LIMITS.idle),
    summary: "a flow without a packet for this long is complete",
  },
  linger: {
    type: "number",
    value: "SECONDS",
    default: OBSERVE_DEFAULTS.linger,
    ...rangeOf(OBSERVE_LIMITS.linger),
    summary: "how long a complete flow waits for late packets",
  },
  active: {
    type: "number",
    value: "SECONDS",
    ...rangeOf(OBSERVE_LIMITS.active),
    summary: "end the record of a flow that goes on after this long, and begin another, " +
      "which the chain part numbers",
  },
  "max-flows": {
    type: "integer",
    value: "FLOWS",
    default: OBSERVE_DEFAULTS.maxFlows,
    ...OBSERVE_LIMITS.maxFlows,
    summary: "flows kept at once at most; beyond, the one that was idle for longest ends early",
  },
  "no-decap": {
    type: "boolean",
    summary:
      "count packets in tunnels to the flow of the tunnel, and take a flow for the same in every VLAN",
  },
  ...pluginOptions,
} as const satisfies Options;

/** What `spider observe` was asked for. */
export type ObserveInvocation = Invocation<ValuesOf<typeof options>>;

/** What was asked for, and what `-` stands for in it. */
export type ObserveCommandOptions = ObserveInvocation["options"] & {
  readonly stdout: OutputStream;
};

/** Where flow records are written, `-` for standard output; null when a collector alone has them. */
export function outputOf(options: ObserveInvocation["options"]): string | null {
  const { output, collector, csv, parquet, ipfix, summary } = options;
  const isCollected = collector !== undefined && !(csv || parquet || ipfix || summary);
  return output ?? (isCollected ? null : STANDARD);
}
