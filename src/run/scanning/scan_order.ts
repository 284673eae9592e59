import type { ListInput } from "../../scan/order/listed.ts";
import { openOrder, type Order } from "../../scan/order/order.ts";
import { fileOrStream, PROCESS_STREAMS, type Streams } from "../../host/streams.ts";
import type { Prefix } from "../../target/prefix.ts";
import { readBlocklist } from "../../target/blocklist.ts";
import { openInput } from "../../target/input.ts";
import { readJobsTogether } from "../../target/read.ts";
import { Skipped } from "../../target/skipped.ts";
import { specialPurposePrefixes } from "../../target/special_purpose.ts";
import { elsewhere } from "./elsewhere.ts";
import type { ScanPlan } from "./plan.ts";
import { waysOut } from "./way_out.ts";

/** Where an order goes on from. */
export interface OrderFrom {
  /** Where an earlier run has come to; the begin when missing. */
  readonly position?: number | undefined;
  /** Counts lines of a list that cannot be used; they are passed over when missing. */
  readonly skipped?: Skipped | undefined;
  /** Standard input, which may be the list; the process's own when missing. */
  readonly stdin?: Streams["stdin"] | undefined;
}

/**
 * The targets of a scan in their order.
 *
 * @throws {Failure} when nothing is left to scan, or a list cannot be read
 * @throws {UsageError} for prefixes and ports that mean nothing
 */
export async function scanOrderOf(
  plan: ScanPlan,
  { position = 0, skipped = new Skipped(), stdin = PROCESS_STREAMS.stdin }: OrderFrom = {},
): Promise<Order> {
  const { prefixes, ports, connect, device, seed, shards, shard, prefixRate } = plan;
  const ways = waysOut(plan);
  const { maxTargets, maxPercent } = plan;
  return await openOrder({
    prefixes,
    list: plan.input === undefined ? undefined : {
      lines: await linesOf(plan.input, stdin),
      skipped,
      portless: connect.portless === true,
    },
    ports: ports.length === 0 ? [connect.defaultPort] : ports.flatMap(portsIn),
    seed: String(seed),
    shards,
    shard,
    position,
    blocked: [
      ...plan.defaultBlocklist ? specialPurposePrefixes() : [],
      ...await prefixesIn(plan.blocklists),
    ],
    allowed: plan.allowlists.length === 0 ? undefined : await prefixesIn(plan.allowlists),
    elsewhere: ([4, 6] as const).flatMap((family) => elsewhere(family, device, ways[family])),
    maxTargets: maxTargets !== undefined
      ? { count: maxTargets }
      : maxPercent !== undefined
      ? { share: maxPercent / 100 }
      : undefined,
    prefixRate,
  });
}

function portsIn({ first, last }: ScanPlan["ports"][number]): number[] {
  return Array.from({ length: last - first + 1 }, (_, at) => first + at);
}

/** The lines of a list. Throws a {@linkcode Failure} when it cannot be read. */
async function linesOf(path: string, stdin: Streams["stdin"]): Promise<ListInput["lines"]> {
  const { name, stream } = await openInput(fileOrStream(path, stdin));
  return readJobsTogether(stream, { name });
}

/** The prefixes of files, in zmap's form. Throws a {@linkcode Failure} when one cannot be read. */
async function prefixesIn(paths: readonly string[]): Promise<Prefix[]> {
  const lists = paths.map(async (path) => {
    const { name, stream } = await openInput(path);
    return readBlocklist(await new Response(stream).text(), name);
  });
  return (await Promise.all(lists)).flat();
}
