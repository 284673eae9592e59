import type { Options } from "../contract/option.ts";
import type { Command, Invocation, ValuesOf } from "./command.ts";
import { probeOptions, protocolOption } from "./probe_options.ts";

const options = {
  protocol: {
    ...protocolOption,
    summary: "protocol of the probes; the default is icmp, with --paths udp",
  },
  "max-ttl": {
    type: "integer",
    short: "m",
    default: 30,
    minimum: 1,
    maximum: 255,
    summary: "greatest number of hops",
  },
  queries: {
    type: "integer",
    short: "q",
    minimum: 1,
    maximum: 1_000_000,
    summary: "probes a hop; the default is 3, with --watch no end",
  },
  interval: {
    type: "number",
    short: "i",
    value: "SECONDS",
    minimum: 0.001,
    maximum: 86_400,
    summary: "time from one probe of a hop to the next; the default is 0.1, with --watch 1",
  },
  paths: {
    type: "integer",
    default: 1,
    minimum: 1,
    maximum: 256,
    summary: "look for several paths, with as many source ports (UDP over IPv4)",
  },
  "source-port": {
    type: "integer",
    minimum: 1,
    maximum: 65_535,
    summary: "source port of UDP probes, held for a whole path; the default is one of this process",
  },
  ...probeOptions,
} as const satisfies Options;

/** What `spider trace` was asked for. */
export type TraceInvocation = Invocation<ValuesOf<typeof options>>;

/** `spider trace`: the declaration alone. */
export const trace: Command<typeof options> = {
  name: "trace",
  summary: "Find the hops on the paths to many hosts",
  about: [
    "Probes all hops of all hosts at the same time, through one mtr-packet. Sending takes root, or " +
    "an mtr-packet with CAP_NET_RAW; MTR_PACKET names another executable. Ctrl-C ends in order. Times are " +
    "in milliseconds.",
    "Load balancers that choose a path by ports send all UDP probes over IPv4 the same way, since " +
    "both ports are held. Over IPv6 mtr-packet counts the destination port (with --port the source " +
    "port), and of TCP and SCTP probes the source port: those may take several paths, whose routers share " +
    "the rows; how long the shortest and the longest are is told below.",
  ],
  positionals: [{ name: "HOST", summary: "names or addresses", repeated: true }],
  options,
  examples: [
    { line: "spider trace example.org 192.0.2.1", does: "Traces two paths." },
    {
      line: "spider trace --watch -n example.org",
      does: "Keeps probing, and draws what it finds.",
    },
    {
      line: "spider trace --paths 16 --asn pfx2as.gz example.org",
      does: "Looks for several paths, and names the networks on them.",
    },
  ],
  load: () => import("./run/trace.ts"),
};
