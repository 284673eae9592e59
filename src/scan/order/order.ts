import { Failure } from "../../host/failure.ts";
import { count } from "../../host/quantity.ts";
import { UsageError } from "../../host/usage_error.ts";
import { instantiate } from "../../host/wasm.ts";
import type { Prefix } from "../../target/prefix.ts";
import { ROW } from "../target_row.ts";
import { RowFilter } from "./filter.ts";
import { type MostTargets, shareOf } from "./most_targets.ts";
import { PrefixRate } from "./prefix_rate.ts";
import { readAddresses, type Stretch, stretchesOf } from "./prefixes.ts";
import { addressesIn, type AddressRange, inBoth, merged, rangesOf } from "./ranges.ts";
import { type Part, type Source, WalkSource } from "./source.ts";
import { PrefixSpace } from "./space.ts";
import { type Conduct, type Order, TargetOrder } from "./target_order.ts";

export type { Order } from "./target_order.ts";

/** Steps between two looks at what else there is to do. */
const COUNTED_AT_ONCE = 1 << 10;

/** What a scan probes, and in which order. */
export interface OrderOptions {
  /** Prefixes, addresses, and prefixes with interface ids: see `readAddresses`. */
  readonly prefixes: readonly string[];
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
 * The order in which targets are probed. What is kept in memory does not depend on how many there are.
 *
 * @throws {UsageError} for prefixes, ports and shards that mean nothing, or too much
 * @throws {Failure} when blocklists and allowlist leave nothing
 */
export async function openOrder(options: OrderOptions): Promise<Order> {
  const { prefixes, seed, position = 0 } = options;
  const { shards, shard } = checkedShard(options);
  const ports = checkedPorts(options.ports);
  const named = readAddresses(prefixes);
  const allowed = options.allowed && merged(options.allowed.flatMap(rangesOf));
  const stretches = stretchesOf(named, allowed ?? null);
  const wasm = instantiate();
  const space = new PrefixSpace(wasm, stretches, ports, seed);
  if (space.size === 0) {
    throw allowed === undefined
      ? new UsageError("no target: name a prefix, such as 192.0.2.0/24, or an address")
      : new Failure(
        "the allowlist and the prefixes have no address in common: correct one of them",
      );
  }
  const blocked = merged((options.blocked ?? []).flatMap(rangesOf));
  const left = space.size - blockedIn(stretches, blocked) * ports.length;
  if (left === 0) {
    throw new Failure(
      `the blocklists leave nothing of ${
        count(space.size)
      } targets: name other prefixes; special ` +
        "addresses are blocked unless --no-default-blocklist is given",
    );
  }
  const part: Part = { seed, shards, shard, position };
  const most = shareOf(options.maxTargets, left, part);
  const conduct: Conduct = {
    blocked: new RowFilter(blocked),
    allowed: allowed && named.patterns.length > 0 ? new RowFilter(allowed) : null,
    elsewhere: new RowFilter((options.elsewhere ?? []).flatMap(rangesOf)),
    prefixRate: options.prefixRate === undefined ? null : new PrefixRate(options.prefixRate),
    most,
    now: options.now ?? (() => performance.now()),
  };
  const before = (until: number) => new WalkSource(wasm, space, { ...part, position: 0, until });
  return new TargetOrder(new WalkSource(wasm, space, part), conduct, {
    size: Math.min(most, Math.round(left / shards)),
    taken: await takenBefore(before, conduct, position),
    warnings: named.warnings,
  });
}

function checkedShard(
  { shards = 1, shard = 0 }: OrderOptions,
): { readonly shards: number; readonly shard: number } {
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

/** How many addresses of stretches are blocked; of those with interface ids only where all are. */
function blockedIn(stretches: readonly Stretch[], blocked: readonly AddressRange[]): number {
  const plain = merged(
    stretches.filter(({ shift }) => shift === 0).map(({ first, each }) => ({
      first,
      last: first + each - 1n,
    })),
  );
  const whole = stretches.filter(({ shift }) => shift > 0).filter((stretch) => {
    const range = { first: stretch.first, last: lastOf(stretch) };
    return addressesIn(inBoth([range], blocked)) === range.last - range.first + 1n;
  });
  return whole.reduce(
    (sum, { subnets, each }) => sum + Number(subnets * each),
    Number(addressesIn(inBoth(plain, blocked))),
  );
}

function lastOf({ first, subnets, each, shift, random }: Stretch): bigint {
  const within = random ? 1n << BigInt(shift) : each;
  return first + (subnets - 1n << BigInt(shift)) + within - 1n;
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
    { size: 0, taken: 0, warnings: [] },
  );
  const rows = new Uint8Array(COUNTED_AT_ONCE * ROW);
  for (let turn = 0; !before.ended; turn++) {
    before.fill(rows, COUNTED_AT_ONCE);
    if (turn % 64 === 63) await new Promise((resolve) => setTimeout(resolve));
  }
  return before.taken;
}
