import type { Options } from "../../../contract/option.ts";
import { TABLE_FORMS } from "../../../result/scan/table_form.ts";
import { inSeconds, rangeOf, SCAN_DEFAULTS, SCAN_LIMITS } from "../../../run/limits.ts";
import type { Invocation, ValuesOf } from "../../command.ts";
import { pluginOptions } from "../../plugin_options.ts";
import { manifestOption, resultOptions, verboseOption } from "../../run_options.ts";

/** The options of its command line. */
export const options = {
  input: {
    type: "string",
    value: "FILE",
    summary: "list of targets to scan in place of prefixes, as spider measure reads it",
  },
  port: {
    type: "string",
    short: "p",
    value: "PORTS",
    summary:
      "ports of each address, such as 80,443,8000-8010; the default is the connection type's own",
  },
  interface: {
    type: "string",
    short: "i",
    value: "NAME",
    summary: "interface to send by; the default is the one that leads to the first target",
  },
  rate: {
    type: "number",
    value: "PPS",
    ...rangeOf(SCAN_LIMITS.rate),
    summary: "packets sent a second, 0 for no limit; the default is 10,000",
  },
  bandwidth: {
    type: "string",
    value: "BITS",
    summary: "bits sent a second in place of --rate, such as 500K, 10M or 1G",
  },
  "max-targets": {
    type: "string",
    value: "N|%",
    summary: "targets to probe at most, or their share of all there are, such as 1%",
  },
  seed: {
    type: "integer",
    ...SCAN_LIMITS.seed,
    summary: "seed of the order, the same for all shards; a random one is in the manifest",
  },
  shards: {
    type: "integer",
    default: SCAN_DEFAULTS.shards,
    ...SCAN_LIMITS.shards,
    summary: "parts that the targets are divided into, for a run each",
  },
  shard: {
    type: "integer",
    default: SCAN_DEFAULTS.shard,
    ...SCAN_LIMITS.shard,
    summary: "the part of this run, from 0 on",
  },
  cooldown: {
    type: "number",
    value: "SECONDS",
    default: SCAN_DEFAULTS.cooldownMs / 1000,
    ...inSeconds(SCAN_LIMITS.cooldownMs),
    summary: "how long answers are waited for",
  },
  probes: {
    type: "integer",
    default: SCAN_DEFAULTS.probes,
    ...SCAN_LIMITS.probes,
    summary: "probes of each arm to a target",
  },
  retries: {
    type: "integer",
    default: SCAN_DEFAULTS.retries,
    ...SCAN_LIMITS.retries,
    summary: "how often a packet is handed to the kernel again that had no room for it",
  },
  gap: {
    type: "number",
    value: "MS",
    default: SCAN_DEFAULTS.gapMs,
    ...rangeOf(SCAN_LIMITS.gapMs),
    summary: "milliseconds between two probes to a target",
  },
  blocklist: {
    type: "string",
    value: "FILE",
    repeated: true,
    summary: "prefixes to leave out, one a line, as zmap reads them; may be given more than once",
  },
  allowlist: {
    type: "string",
    value: "FILE",
    repeated: true,
    summary: "prefixes outside of which nothing is sent; may be given more than once",
  },
  "no-default-blocklist": {
    type: "boolean",
    summary: "scan also addresses for special purposes, such as private ones: for labs",
  },
  "source-port": {
    type: "string",
    value: "LO-HI",
    summary: "ports to send from; the default is some that nothing on this host uses",
  },
  "source-ip": {
    type: "string",
    value: "A,B",
    summary: "addresses to send from; the default is the interface's own",
  },
  ...resultOptions,
  "output-format": {
    type: "string",
    value: "FORM",
    choices: TABLE_FORMS,
    default: TABLE_FORMS[0],
    summary: "form of the results",
  },
  "zmap-fields": {
    type: "boolean",
    summary: "write a row an arm with zmap's field names, in any form",
  },
  "output-offline": {
    type: "boolean",
    summary: "write targets also that nothing was heard of",
  },
  ...manifestOption,
  resume: {
    type: "boolean",
    summary: "go on with a scan that was interrupted, behind the results in --output",
  },
  confirm: {
    type: "boolean",
    summary: "measure targets whose arms differ with connections, meanwhile; the default",
  },
  "no-confirm": {
    type: "boolean",
    summary: "do not measure them: chance may then have caused what is concluded",
  },
  "confirm-rate": {
    type: "number",
    default: SCAN_DEFAULTS.confirmRate,
    ...rangeOf(SCAN_LIMITS.confirmRate),
    summary: "flows of each arm opened a second at most for that",
  },
  "prefix-rate": {
    type: "number",
    ...rangeOf(SCAN_LIMITS.prefixRate),
    summary: "targets probed a second at most in each /24 and /48; the default is no limit",
  },
  "min-hitrate": {
    type: "number",
    value: "SHARE",
    default: SCAN_DEFAULTS.minHitrate,
    ...rangeOf(SCAN_LIMITS.minHitrate),
    summary: "stop when less of what is probed answers than this share",
  },
  contact: {
    type: "string",
    value: "TEXT",
    summary: "who answers for the scan, for the manifest",
  },
  page: {
    type: "string",
    value: "URL",
    summary: "page that says what the scan is and how to opt out, for the manifest",
  },
  "status-updates-file": {
    type: "string",
    value: "FILE",
    summary: "write a line of CSV a second: how far it is, sent, answered, dropped",
  },
  "metadata-file": {
    type: "string",
    value: "FILE",
    summary: "write what the scan came to as JSON when it ends",
  },
  "dry-run": {
    type: "boolean",
    summary: "say what would be sent where, and send nothing",
  },
  json: {
    type: "boolean",
    summary: "write what the scan came to, or with --dry-run the plan, as JSON on standard output",
  },
  connect: {
    type: "string",
    value: "TYPE",
    summary:
      "connection type; the default is the first that the spider names of which packets can be forged",
  },
  ...pluginOptions,
  ...verboseOption,
} as const satisfies Options;

/** What `spider scan` was asked for. */
export type ScanInvocation = Invocation<ValuesOf<typeof options>>;

/** The values of its options. */
export type ScanOptions = ScanInvocation["options"];
