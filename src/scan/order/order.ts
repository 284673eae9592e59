import { UsageError } from "../../host/usage_error.ts";
import { instantiateScan } from "../../host/scan_wasm.ts";
import type { Prefix } from "../../target/prefix.ts";
import { ROW } from "../target_row.ts";
import { RowFilter } from "./filter.ts";
import { listed, type ListInput } from "./listed.ts";
import { type MostTargets, shareOf } from "./most_targets.ts";
import { PrefixRate } from "./prefix_rate.ts";
import { prefixed } from "./prefixed.ts";
import { merged, rangesOf } from "./ranges.ts";
import type { Part, Source } from "./source.ts";
import { type Conduct, type Order, TargetOrder } from "./target_order.ts";

export type { Order } from "./target_order.ts";

/** Targets that are looked at between two looks at what else there is to do. */
const COUNTED_AT_ONCE = 1 << 10;

/** What a scan probes, and in which order. */
export interface OrderOptions {
  /** Prefixes, addresses, and prefixes with interface ids: see `readAddresses`. */
  readonly prefixes?: readonly string[] | undefined;
  /** In place of prefixes: a list, in which each target counts once. */
  readonly list?: ListInput | undefined;
  readonly ports: readonly number[];
  /** The same seed and targets give the same order. */
  readonly seed: string;
  /** Into how many parts the targets are split; 1 when missing. */
  readonly shards?: number | undefined;
  /** Which of them is wanted, from 0 on. */
  readonly shard?: number | undefined;
  /** `Order.position` of an earlier order, to go on from. */
  readonly position?: number | undefined;
  /** Addresses that must not be probed. */
  readonly blocked?: readonly Prefix[] | undefined;
  /** The only addresses that may be; all when missing. */
  readonly allowed?: readonly Prefix[] | undefined;
  /** Addresses that packets of this scan do not get to, since they have another way out. */
  readonly elsewhere?: readonly Prefix[] | undefined;
  /** How many targets at most, of all shards together. */
  readonly maxTargets?: MostTargets | undefined;
  /** The most targets a second in one /24 or /48. */
  readonly prefixRate?: number | undefined;
  /** The time in milliseconds; that of the monotonic clock when missing. */
  readonly now?: (() => number) | undefined;
}

/**
 * The order in which targets are probed. What is kept in memory does not depend on how many there
 * are, but for 1/1024 of a list, and what says where in a temporary file the rest is.
 *
 * @throws {UsageError} for prefixes, ports and shards that mean nothing, or too much
 * @throws {Failure} when blocklists, allowlist and ways out leave nothing, a list has no target, or it
 * cannot be read or kept
 */
export async function openOrder(options: OrderOptions): Promise<Order> {
  const { prefixes = [], list, seed, position = 0 } = options;
  const part: Part = { seed, ...checkedShard(options), position };
  const request = {
    wasm: instantiateScan(),
    ports: checkedPorts(options.ports),
    blocked: merged((options.blocked ?? []).flatMap(rangesOf)),
    allowed: options.allowed === undefined ? null : merged(options.allowed.flatMap(rangesOf)),
    elsewhere: merged((options.elsewhere ?? []).flatMap(rangesOf)),
    part,
  };
  if (list !== undefined && prefixes.length > 0) {
    throw new UsageError("prefixes and a list: give one of them; an allowlist restricts a list");
  }
  const targets = list === undefined ? prefixed(prefixes, request) : await listed(list, request);
  const { size, left, warnings, identity } = targets;
  const conduct: Conduct = {
    blocked: new RowFilter(request.blocked),
    allowed: targets.restricted && request.allowed !== null ? new RowFilter(request.allowed) : null,
    elsewhere: new RowFilter(request.elsewhere),
    prefixRate: options.prefixRate === undefined ? null : new PrefixRate(options.prefixRate),
    most: shareOf(options.maxTargets, left, part),
    now: options.now ?? (() => performance.now()),
  };
  return new TargetOrder(targets.source(position), conduct, {
    size: Math.min(conduct.most, Math.round(size)),
    taken: await takenBefore((until) => targets.source(0, until), conduct, position),
    warnings,
    identity,
  });
}

function checkedShard({ shards = 1, shard = 0 }: OrderOptions): Pick<Part, "shards" | "shard"> {
  if (!Number.isSafeInteger(shards) || shards < 1) {
    throw new UsageError(`${shards} shards: give a whole number, 1 or more`);
  }
  if (!Number.isSafeInteger(shard) || shard < 0 || shard >= shards) {
    throw new UsageError(`shard ${shard}: those of ${shards} shards are 0 to ${shards - 1}`);
  }
  return { shards, shard };
}

/** The ports, each once. */
function checkedPorts(ports: readonly number[]): number[] {
  if (ports.length === 0) throw new UsageError("no port: name one, such as 443");
  const wrong = ports.find((port) => !Number.isInteger(port) || port < 0 || port > 65535);
  if (wrong === undefined) return [...new Set(ports)];
  throw new UsageError(`${wrong} is not a port: give numbers from 0 to 65535`);
}

/** How many targets an order handed out in the steps before a position. */
async function takenBefore(
  source: (until: number) => Source,
  conduct: Conduct,
  position: number,
): Promise<number> {
  if (position === 0 || conduct.most === Infinity) return 0;
  const before = new TargetOrder(
    source(position),
    { ...conduct, prefixRate: null },
    { size: 0, taken: 0, warnings: [], identity: "" },
  );
  const rows = new Uint8Array(COUNTED_AT_ONCE * ROW);
  for (let turn = 0; !before.ended; turn++) {
    before.fill(rows, COUNTED_AT_ONCE);
    if (turn % 64 === 63) await new Promise((resolve) => setTimeout(resolve));
  }
  return before.taken;
}
