import type { Options } from "../../../contract/option.ts";
import type { Invocation, ValuesOf } from "../../command.ts";
import { inSeconds, PROBING_LIMITS, rangeOf } from "../../../run/limits.ts";
import { probeOptions, protocolOption } from "../../probing/options.ts";

/** The options of its command line. */
export const options = {
  protocol: {
    ...protocolOption,
    summary: "protocol of the probes; the default is icmp, with --paths udp",
  },
  "max-ttl": {
    type: "integer",
    short: "m",
    default: 30,
    ...PROBING_LIMITS.maxTtl,
    summary: "greatest number of hops",
  },
  queries: {
    type: "integer",
    short: "q",
    ...rangeOf(PROBING_LIMITS.queries),
    summary: "probes a hop; the default is 3, with --watch no end",
  },
  interval: {
    type: "number",
    short: "i",
    value: "SECONDS",
    ...inSeconds(PROBING_LIMITS.intervalMs),
    summary: "time from one probe of a hop to the next; the default is 0.1, with --watch 1",
  },
  paths: {
    type: "integer",
    default: 1,
    ...PROBING_LIMITS.paths,
    summary: "look for several paths, with as many source ports (UDP over IPv4)",
  },
  "source-port": {
    type: "integer",
    ...PROBING_LIMITS.sourcePort,
    summary: "source port of UDP probes, held for a whole path; the default is one of this process",
  },
  ...probeOptions,
} as const satisfies Options;

/** What `spider trace` was asked for. */
export type TraceInvocation = Invocation<ValuesOf<typeof options>>;
