import type { Target } from "../contract/job.ts";
import type { OptionValues } from "../contract/option.ts";
import type { SpiderOf } from "../contract/spider.ts";

/**
 * How to measure, as the caller asks for it; {@linkcode planOf} checks it, and `MEASURE_DEFAULTS` has
 * the usual values.
 */
export interface RunRequest {
  readonly spider: SpiderOf<Target>;
  readonly spiderOptions: OptionValues;
  /** Name of the connection type; the first that the spider names when undefined. */
  readonly connect: string | undefined;
  /** Names of the interfaces to measure on; with none the routes choose. */
  readonly interfaces: readonly string[];
  /** Addresses to send from, one of each IP version at most. */
  readonly sources: readonly string[];
  /** Targets in flight at once. */
  readonly workers: number;
  /** Sets of flows started a second, one flow of each arm; undefined for no limit. */
  readonly rate: number | undefined;
  /** How long a connection may take, in milliseconds. */
  readonly timeoutMs: number;
  /** Seed of the order of arms; undefined for a random one. */
  readonly seed: number | undefined;
  /** How often each target is measured. */
  readonly repeat: number;
  /** Give arms that set the system network namespaces of their own. */
  readonly isolate: boolean;
  /** Look where on the path it happens, where one is not clean. */
  readonly locate: boolean;
  /** Try whether something near answers for everyone. */
  readonly control: boolean;
  /** Put each arm's flow record into the results. */
  readonly outputFlows: boolean;
  /** Write results also of a spider that yields targets, in their place. */
  readonly results: boolean;
}
