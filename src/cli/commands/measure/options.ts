import type { Options } from "../../../contract/option.ts";
import { STANDARD } from "../../../host/standard.ts";
import { inSeconds, MEASURE_DEFAULTS, MEASURE_LIMITS, rangeOf } from "../../../run/limits.ts";
import { pluginOptions } from "../../plugin_options.ts";
import { manifestOption, resultOptions, verboseOption } from "../../run_options.ts";
import type { Invocation, ValuesOf } from "../../command.ts";

/** The options of its command line. */
export const options = {
  "interface": {
    type: "string",
    short: "i",
    value: "NAME",
    repeated: true,
    summary:
      "network interface to measure on; the default is that of the default route. Once more for each " +
      "further one that answers come in on: then the routes choose which one a packet leaves by",
  },
  workers: {
    type: "integer",
    short: "w",
    default: MEASURE_DEFAULTS.workers,
    ...MEASURE_LIMITS.workers,
    summary: "targets in flight at once",
  },
  rate: {
    type: "number",
    ...rangeOf(MEASURE_LIMITS.rate),
    summary: "flows of each arm opened a second at most; the default is no limit",
  },
  seed: {
    type: "integer",
    ...MEASURE_LIMITS.seed,
    summary: "seed for the random order of arms; recorded in the manifest",
  },
  input: {
    type: "string",
    value: "FILE",
    default: STANDARD,
    summary: "targets to read, - for standard input",
  },
  "csv-input": {
    type: "boolean",
    summary: "read the input as CSV; otherwise the form is found out by looking",
  },
  ...resultOptions,
  results: {
    type: "boolean",
    summary: "write results, with conditions, also of a spider that writes targets for others",
  },
  connect: {
    type: "string",
    value: "TYPE",
    summary: "connection type; the default is the first that the spider names",
  },
  locate: {
    type: "boolean",
    summary:
      "where a path is not clean, look for the hops at which that happens, by SYNs to the same port",
  },
  resume: {
    type: "boolean",
    summary:
      "go on with a run that was interrupted: targets whose results are in --output are left out",
  },
  ...manifestOption,
  "no-control": {
    type: "boolean",
    summary:
      "do not try whether something near answers for everyone, by SYNs to addresses that no host has",
  },
  calibrate: {
    type: "boolean",
    summary: "find out how many workers this host carries, up to --workers, and write no results",
  },
  json: {
    type: "boolean",
    summary: "with --calibrate, print JSON in place of a table",
  },
  source: {
    type: "string",
    value: "ADDRESS",
    repeated: true,
    summary: "address to send from; once for IPv4 and once for IPv6 at most",
  },
  timeout: {
    type: "number",
    value: "SECONDS",
    default: MEASURE_DEFAULTS.timeoutMs / 1000,
    ...inSeconds(MEASURE_LIMITS.timeoutMs),
    summary: "how long a connection may take",
  },
  isolate: {
    type: "boolean",
    summary:
      "arms that set the system get network namespaces of their own, instead of taking turns",
  },
  repeat: {
    type: "integer",
    default: MEASURE_DEFAULTS.repeat,
    ...MEASURE_LIMITS.repeat,
    summary: "times that each target is measured; only what comes out each time is concluded",
  },
  ...pluginOptions,
  ...verboseOption,
} as const satisfies Options;

/** What `spider measure` was asked for. */
export type MeasureInvocation = Invocation<ValuesOf<typeof options>>;
