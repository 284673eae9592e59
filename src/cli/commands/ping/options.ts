import type { Options } from "../../../contract/option.ts";
import type { Invocation, ValuesOf } from "../../command.ts";
import { inSeconds, PROBING_LIMITS, rangeOf } from "../../../run/limits.ts";
import { probeOptions, protocolOption } from "../../probing/options.ts";

/** The options of its command line. */
export const options = {
  protocol: { ...protocolOption, default: "icmp" },
  queries: {
    type: "integer",
    short: "q",
    ...rangeOf(PROBING_LIMITS.queries),
    summary: "probes a host; the default is 4, with --watch no end",
  },
  interval: {
    type: "number",
    short: "i",
    value: "SECONDS",
    default: 1,
    ...inSeconds(PROBING_LIMITS.intervalMs),
    summary: "time from one probe of a host to the next",
  },
  ...probeOptions,
} as const satisfies Options;

/** What `spider ping` was asked for. */
export type PingInvocation = Invocation<ValuesOf<typeof options>>;
