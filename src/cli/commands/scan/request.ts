import { resolve } from "node:path";
import { STANDARD } from "../../../host/standard.ts";
import type { OutputStream } from "../../../host/streams.ts";
import { UsageError } from "../../../host/usage_error.ts";
import { manifestPath } from "../../../result/run_manifest.ts";
import { SCAN_DEFAULTS } from "../../../run/limits.ts";
import type { Field } from "../../../run/request_error.ts";
import type { ScanRequest } from "../../../run/scanning/request.ts";
import { spoolPath } from "../../../run/scanning/spool.ts";
import { flagOf } from "../../flags.ts";
import type { ScanInvocation, ScanOptions } from "./options.ts";
import { bitsOf, mostTargets, portRangeOf, portsOf, wordsOf } from "./values.ts";

/**
 * What the command line asks for.
 *
 * @throws {UsageError} when options contradict each other, or a value is none
 */
export function scanRequestOf(
  { options, positionals, spider, spiderOptions }: ScanInvocation,
): ScanRequest {
  if (spider === null) throw new Error("scan needs a spider");
  const { rate, bandwidth } = options;
  if (rate !== undefined && bandwidth !== undefined) {
    throw new UsageError("--rate and --bandwidth exclude each other; give one");
  }
  const confirm = confirms(options);
  const sourcePort = options["source-port"];
  const sourceIp = options["source-ip"];
  const most = options["max-targets"];
  return {
    spider,
    spiderOptions,
    connect: options.connect,
    prefixes: positionals,
    input: options.input,
    ports: options.port === undefined ? [] : portsOf("port", options.port),
    interface: options.interface,
    sources: sourceIp === undefined ? [] : wordsOf("source-ip", sourceIp),
    sourcePorts: sourcePort === undefined ? undefined : portRangeOf("source-port", sourcePort),
    rate: rate ?? SCAN_DEFAULTS.rate,
    bandwidth: bandwidth === undefined ? undefined : bitsOf(bandwidth),
    prefixRate: options["prefix-rate"],
    maxTargets: undefined,
    maxPercent: undefined,
    ...(most === undefined ? {} : mostTargets(most)),
    seed: options.seed,
    shards: options.shards,
    shard: options.shard,
    cooldownMs: options.cooldown * 1000,
    gapMs: options.gap,
    probes: options.probes,
    retries: options.retries,
    blocklists: options.blocklist,
    allowlists: options.allowlist,
    defaultBlocklist: !options["no-default-blocklist"],
    confirm,
    confirmRate: options["confirm-rate"],
    outputOffline: options["output-offline"],
    // zmap's fields of an answer are read out of the records of flows
    outputFlows: options["output-flows"] || options["zmap-fields"],
    minHitrate: options["min-hitrate"],
    contact: options.contact,
    page: pageOf(options.page),
  };
}

/** Whether targets whose arms differ are measured. */
function confirms(options: ScanOptions): boolean {
  const no = options["no-confirm"];
  if (options.confirm && no) {
    throw new UsageError("--confirm and --no-confirm exclude each other; give one");
  }
  if (no && options["confirm-rate"] !== SCAN_DEFAULTS.confirmRate) {
    throw new UsageError("--no-confirm confirms nothing: leave out --confirm-rate");
  }
  return !no;
}

function pageOf(page: string | undefined): string | undefined {
  if (page === undefined || /^https?:\/\/./.test(page) && URL.canParse(page)) return page;
  throw new UsageError(`--page must be a URL such as https://example.org/scan, not ${page}`);
}

/** Options that name files that are written. */
const WRITTEN = ["output", "manifest", "status-updates-file", "metadata-file"] as const;

/**
 * Checks that outputs go together.
 *
 * @throws {UsageError} when they do not
 */
export function checkOutputs(options: ScanOptions, stdout: OutputStream): void {
  const { output, json, resume } = options;
  const form = options["output-format"];
  const dry = options["dry-run"];
  if (json && !dry && output === STANDARD) {
    throw new UsageError(
      "--json writes to standard output, where the results go: name a file with --output",
    );
  }
  if (options["zmap-fields"] && options["output-flows"]) {
    throw new UsageError(
      "--zmap-fields has no place for the records of --output-flows; leave one out",
    );
  }
  if (form === "parquet" && output === STANDARD && stdout.isTerminal() && !dry) {
    throw new UsageError(
      "--output-format parquet is nothing that a terminal can show: name a file with --output",
    );
  }
  if (resume) checkResume(options);
  const beside = output === STANDARD
    ? null
    : { manifest: manifestPath(output), spool: resolve(spoolPath(output)) };
  const places = new Map<string, string>();
  for (const name of WRITTEN) {
    const path = options[name] ?? (name === "manifest" ? beside?.manifest : undefined);
    if (path === undefined || path === "/dev/null") continue;
    const place = path === STANDARD ? path : resolve(path);
    const other = places.get(place);
    if (other !== undefined) {
      throw new UsageError(`--${other} and --${name} go to the same place; name another file`);
    }
    if (place === beside?.spool) {
      throw new UsageError(
        `--${name} ${path} is where targets wait to be measured; name another file`,
      );
    }
    places.set(place, name);
  }
}

/** Whether lines of JSON are written as a scan has them, behind which another one can go on. */
export function isOwnForm(options: ScanOptions): boolean {
  return options["output-format"] === "ndjson" && !options["zmap-fields"];
}

/** What is behind other forms than lines of JSON cannot be told from what a killed run left there. */
function checkResume(options: ScanOptions): void {
  if (options["dry-run"]) {
    throw new UsageError(
      "--resume goes on with a scan, and --dry-run sends nothing; leave one out",
    );
  }
  if (!isOwnForm(options)) {
    const other = options["zmap-fields"] ? "--zmap-fields" : "--output-format";
    throw new UsageError(
      `--resume goes on behind lines of JSON as scan writes them itself: leave out ${other}`,
    );
  }
}

/** Fields of its request that the command line has other names for than those of other commands. */
const NAMES: Readonly<Record<string, string>> = {
  ports: "--port",
  sources: "--source-ip",
  sourcePorts: "--source-port",
  blocklists: "--blocklist",
  allowlists: "--allowlist",
  cooldownMs: "--cooldown",
  gapMs: "--gap",
  maxPercent: "--max-targets",
};

/** How the command line gives a field of its request. */
export function scanFlagOf(asked: Field): string {
  const name = NAMES[asked.field];
  if (name === undefined) return flagOf(asked);
  return asked.value === undefined ? name : `${name} ${asked.value}`;
}
