import type { Target } from "../../contract/job.ts";
import type { OptionValues } from "../../contract/option.ts";
import type { SpiderOf } from "../../contract/spider.ts";
import type { PortRange } from "../../host/port_range.ts";

/**
 * What to scan and how, as the caller asks for it; `scanPlanOf` checks it, and `SCAN_DEFAULTS` has the
 * usual values.
 */
export interface ScanRequest {
  readonly spider: SpiderOf<Target>;
  readonly spiderOptions: OptionValues;
  /** Name of the connection type; the first of the spider's that has a stateless form when undefined. */
  readonly connect: string | undefined;
  /** Prefixes to scan, in CIDR notation; none where a list is read. */
  readonly prefixes: readonly string[];
  /** Path of a list of targets; undefined where prefixes are scanned. */
  readonly input: string | undefined;
  /** Ports of each address; the connection type's own without any. */
  readonly ports: readonly PortRange[];
  /** Name of the interface; the one that the kernel sends to the Internet by when undefined. */
  readonly interface: string | undefined;
  /** Addresses to send from; the interface's own without any. */
  readonly sources: readonly string[];
  /** Ports to send from; undefined for some that nothing on this host uses. */
  readonly sourcePorts: PortRange | undefined;
  /** Packets sent a second; 0 for no limit. */
  readonly rate: number;
  /** Bits sent a second, in place of a rate; undefined for none. */
  readonly bandwidth: number | undefined;
  /** Targets probed a second in each /24 and /48; undefined for no limit. */
  readonly prefixRate: number | undefined;
  /** Targets in all; undefined for all there are. */
  readonly maxTargets: number | undefined;
  /** The same in percent of all there are. */
  readonly maxPercent: number | undefined;
  /** Seed of the order; undefined for a random one. */
  readonly seed: number | undefined;
  /** Parts that the targets are divided into, each for a run of its own. */
  readonly shards: number;
  /** The part of this run, from 0. */
  readonly shard: number;
  /** How long answers are waited for, in milliseconds. */
  readonly cooldownMs: number;
  /** Time between two probes to a target, in milliseconds. */
  readonly gapMs: number;
  /** Probes of each arm. */
  readonly probes: number;
  /** How often a packet is handed to the kernel again that had no room for it. */
  readonly retries: number;
  /** Files of prefixes that are left out. */
  readonly blocklists: readonly string[];
  /** Files of prefixes outside of which nothing is sent. */
  readonly allowlists: readonly string[];
  /** Leave out addresses for special purposes. */
  readonly defaultBlocklist: boolean;
  /** Measure those with connections whose arms differ. */
  readonly confirm: boolean;
  /** Sets of flows started a second for that, one flow of each arm. */
  readonly confirmRate: number;
  /** Write targets also that nothing was heard of. */
  readonly outputOffline: boolean;
  /** Put each arm's flow record into the results. */
  readonly outputFlows: boolean;
  /** The share of probes that must be answered for the scan to go on, 0 to 1. */
  readonly minHitrate: number;
  /** Who answers for the scan, for the manifest. */
  readonly contact: string | undefined;
  /** A page that says what the scan is, for the manifest. */
  readonly page: string | undefined;
}
