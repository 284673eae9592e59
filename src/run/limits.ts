import { MOST_FLOWS } from "../contract/flow.ts";
import type { RunRequest } from "./request.ts";
import { field, requestError } from "./request_error.ts";
import type { ScanRequest } from "./scanning/request.ts";

/** What a number of a request may be. */
export interface Limit {
  readonly minimum: number;
  readonly maximum: number;
  /** Whether parts of it are numbers too; otherwise it is whole. */
  readonly fraction?: boolean;
  /** Whether Infinity is allowed besides: until it is stopped. */
  readonly endless?: boolean;
}

/** Ports of TCP and UDP that something can be sent to. */
const PORT = { minimum: 1, maximum: 65_535 } as const;

/** Seeds of random orders. */
const SEED = { minimum: 0, maximum: 4_294_967_295 } as const;

/** Those of a measurement. */
export const MEASURE_LIMITS = {
  workers: { minimum: 1, maximum: 10_000 },
  rate: { minimum: 0.001, maximum: 1_000_000, fraction: true },
  timeoutMs: { minimum: 1, maximum: 3_600_000, fraction: true },
  seed: SEED,
  repeat: { minimum: 1, maximum: 1000 },
} as const satisfies Readonly<Record<string, Limit>>;

/** How a measurement is made by default. */
export const MEASURE_DEFAULTS = {
  spiderOptions: {},
  connect: undefined,
  interfaces: [],
  sources: [],
  workers: 100,
  rate: undefined,
  timeoutMs: 5000,
  seed: undefined,
  repeat: 1,
  isolate: false,
  locate: false,
  control: true,
  outputFlows: false,
  results: false,
} as const satisfies Omit<RunRequest, "spider">;

/** Those of a scan. */
export const SCAN_LIMITS = {
  /** 0 is for no limit. */
  rate: { minimum: 0, maximum: 100_000_000, fraction: true },
  bandwidth: { minimum: 1000, maximum: 1e12, fraction: true },
  prefixRate: { minimum: 0.001, maximum: 1_000_000, fraction: true },
  maxTargets: { minimum: 1, maximum: Number.MAX_SAFE_INTEGER },
  maxPercent: { minimum: 0.000_000_1, maximum: 100, fraction: true },
  seed: SEED,
  shards: { minimum: 1, maximum: 65_535 },
  shard: { minimum: 0, maximum: 65_534 },
  cooldownMs: { minimum: 100, maximum: 600_000, fraction: true },
  gapMs: { minimum: 0, maximum: 10_000, fraction: true },
  probes: { minimum: 1, maximum: 16 },
  retries: { minimum: 0, maximum: 1000 },
  confirmRate: { minimum: 0.001, maximum: 100_000, fraction: true },
  minHitrate: { minimum: 0, maximum: 1, fraction: true },
} as const satisfies Readonly<Record<string, Limit>>;

/** How a scan is made by default. */
export const SCAN_DEFAULTS = {
  spiderOptions: {},
  connect: undefined,
  prefixes: [],
  input: undefined,
  ports: [],
  interface: undefined,
  sources: [],
  sourcePorts: undefined,
  rate: 10_000,
  bandwidth: undefined,
  prefixRate: undefined,
  maxTargets: undefined,
  maxPercent: undefined,
  seed: undefined,
  shards: 1,
  shard: 0,
  cooldownMs: 8000,
  gapMs: 100,
  probes: 1,
  retries: 10,
  blocklists: [],
  allowlists: [],
  defaultBlocklist: true,
  confirm: true,
  confirmRate: 100,
  outputOffline: false,
  outputFlows: false,
  minHitrate: 0,
  contact: undefined,
  page: undefined,
} as const satisfies Omit<ScanRequest, "spider">;

/** Those of what probes through mtr-packet. */
export const PROBING_LIMITS = {
  port: PORT,
  /** In seconds. */
  timeout: { minimum: 1, maximum: 3600 },
  /** In octets. */
  size: { minimum: 28, maximum: 65_535 },
  tos: { minimum: 0, maximum: 255 },
  queries: { minimum: 1, maximum: 1_000_000, endless: true },
  intervalMs: { minimum: 1, maximum: 86_400_000, fraction: true },
  maxTtl: { minimum: 1, maximum: 255 },
  paths: { minimum: 1, maximum: 256 },
  sourcePort: PORT,
} as const satisfies Readonly<Record<string, Limit>>;

/** Those of a localisation. */
export const LOCATE_LIMITS = {
  port: PORT,
  maxTtl: { minimum: 1, maximum: 255 },
  repeats: { minimum: 1, maximum: 1000 },
  timeoutMs: { minimum: 10, maximum: 60_000, fraction: true },
  intervalMs: { minimum: 1, maximum: 3_600_000, fraction: true },
  workers: { minimum: 1, maximum: 1000 },
} as const satisfies Readonly<Record<string, Limit>>;

/** How a path is probed by a localisation by default. */
export const SWEEP = { maxTtl: 30, repeats: 5, timeoutMs: 1000, intervalMs: 200 } as const;

/** Those of an observation; times are in seconds. */
export const OBSERVE_LIMITS = {
  count: { minimum: 1, maximum: Number.MAX_SAFE_INTEGER },
  duration: { minimum: 0.001, maximum: 1e9, fraction: true },
  /** In octets. */
  snaplen: { minimum: 64, maximum: 262_144 },
  idle: { minimum: 0.001, maximum: 86_400, fraction: true },
  linger: { minimum: 0, maximum: 3600, fraction: true },
  active: { minimum: 0.001, maximum: 86_400, fraction: true },
  maxFlows: { minimum: 1, maximum: 33_554_432 },
} as const satisfies Readonly<Record<string, Limit>>;

/** What an observation keeps, and for how long, by default. */
export const OBSERVE_DEFAULTS = {
  snaplen: 256,
  idle: 30,
  linger: 5,
  maxFlows: MOST_FLOWS,
  decapsulate: true,
} as const;

/**
 * Checks numbers of a request; those that are missing are ignored.
 *
 * @throws {RequestError} that names the first that is out of its limits
 */
export function checkLimits<N extends string>(
  request: { readonly [K in NoInfer<N>]?: number | undefined },
  limits: { readonly [K in N]: Limit },
): void {
  for (const [name, limit] of Object.entries<Limit>(limits)) {
    const value = request[name as NoInfer<N>];
    if (value === undefined) continue;
    const { minimum, maximum, fraction = false, endless = false } = limit;
    if (endless && value === Infinity) continue;
    // Not the other way round: NaN is on neither side
    if (value >= minimum && value <= maximum && (fraction || Number.isInteger(value))) continue;
    throw requestError`${field(name)} must be a ${
      fraction ? "" : "whole "
    }number from ${minimum} to ${maximum}, not ${value}`;
  }
}

/** The ends of a limit. */
export function rangeOf({ minimum, maximum }: Limit): Limit {
  return { minimum, maximum };
}

/** The ends of a limit in milliseconds, in seconds. */
export function inSeconds({ minimum, maximum }: Limit): Limit {
  return { minimum: minimum / 1000, maximum: maximum / 1000 };
}
