import { Failure } from "../../host/failure.ts";
import { defaultInterface, type Interface, interfaceTo, SOMEWHERE } from "../../host/interface.ts";
import { findWay, isWay, type NoWay, type Way, whyNoWay } from "../../host/route_lookup.ts";
import { UsageError } from "../../host/usage_error.ts";
import { addressAt, before, type Prefix, readPrefix } from "../../target/prefix.ts";
import { specialPurposePrefixes } from "../../target/special_purpose.ts";

/** How the packets of one IP version leave. */
export interface WayOut {
  /** The router that all go to; null when targets are on the link itself. */
  readonly gateway: string | null;
  /** The table of the route that leads there. */
  readonly table: number;
}

/**
 * The name of the interface that packets to the targets leave by: by the first prefix, or to the
 * Internet where targets come from a list.
 *
 * @param sources addresses to send from; the kernel chooses without any
 * @throws {Failure} when the kernel sends nothing there
 */
export function outgoing(prefixes: readonly string[], sources: readonly string[]): string {
  const first = firstOf(prefixes, null);
  if (first === null) return defaultInterface(sourcesBy(sources));
  const source = sourcesBy(sources)[familyOf(first)];
  const name = interfaceTo(first, source);
  if (name !== null) return name;
  const way = findWay(first, { source });
  throw noWay(first, isWay(way) ? "it leads nowhere" : whyNoWay(way));
}

/** The same of both; null for a version that is not sent over. */
export interface WaysOut {
  readonly 4: WayOut | null;
  readonly 6: WayOut | null;
}

/**
 * How the packets of a scan leave.
 *
 * @throws {Failure} when prefixes are to be scanned that the kernel sends nothing to, or nothing at all
 */
export function waysOut(
  { device, prefixes, sources }: {
    readonly device: Interface;
    readonly prefixes: readonly string[];
    readonly sources: Readonly<Record<4 | 6, readonly string[]>>;
  },
): WaysOut {
  const way = (family: 4 | 6) => wayOut(family, device, prefixes, sources[family]);
  const ways = { 4: way(4), 6: way(6) };
  if (ways[4] !== null || ways[6] !== null) return ways;
  throw new Failure(
    `nothing leads to the Internet by ${device.name}: see \`ip route\` and \`ip address\`, or name ` +
      "another interface",
  );
}

/** How packets of one IP version leave by an interface; null where they do not. */
function wayOut(
  family: 4 | 6,
  device: Interface,
  prefixes: readonly string[],
  [source]: readonly string[],
): WayOut | null {
  const first = firstOf(prefixes, family);
  if (source === undefined) {
    if (first === null) return null;
    throw new Failure(
      `there is no IPv${family} address on ${device.name} to scan ${first} from: leave out the ` +
        `IPv${family} prefixes, or choose another interface`,
    );
  }
  if (first === null && prefixes.length > 0) return null;
  const way = wayBy(device.index, first ?? SOMEWHERE[family], source);
  if (isWay(way) && !way.local) return { gateway: way.gateway, table: way.table };
  if (first === null) return null;
  throw noWay(first, isWay(way) ? "it is an address of this host" : whyNoWay(way), device.name);
}

/**
 * The way by an interface. For IPv6 the kernel does not insist on it where a source is named
 * (ip6_route_output_flags in the kernel): then the source, for which a rule may stand, is left out.
 */
function wayBy(index: number, target: string, source: string): Way | NoWay {
  const way = findWay(target, { source, interface: index });
  if (!isWay(way) || way.local || way.interface === index) return way;
  return findWay(target, { interface: index });
}

function noWay(target: string, why: string, device?: string): Failure {
  const where = device === undefined ? "" : ` by ${device}`;
  return new Failure(
    `nothing leads to ${target}${where} (${why}): see \`ip route get ${target}\`, or name another interface`,
  );
}

/**
 * An address of the first prefix, of one IP version or either; null when there is none. One that is to be
 * scanned by default, where the prefix has any: the last of 0.0.0.0/0 are reserved, and broadcast.
 */
function firstOf(prefixes: readonly string[], family: 4 | 6 | null): string | null {
  for (const text of prefixes) {
    const prefix = readPrefix(text.split("@")[0]!);
    if (typeof prefix === "string") throw new UsageError(prefix);
    if (family !== null && prefix.family !== family) continue;
    return addressAt(lastUsual(prefix));
  }
  return null;
}

/** The last address of a prefix that is for no special purpose; its last where all of them are. */
function lastUsual({ family, first, last }: Prefix): string {
  const special = specialPurposePrefixes().filter((prefix) => prefix.family === family);
  for (let at: string | null = last; at !== null && at >= first;) {
    const holder = special.find((one) => one.first <= at! && at! <= one.last);
    if (holder === undefined) return at;
    at = before(holder.first);
  }
  return last;
}

function familyOf(address: string): 4 | 6 {
  return address.includes(":") ? 6 : 4;
}

function sourcesBy(sources: readonly string[]): { readonly 4?: string; readonly 6?: string } {
  return Object.fromEntries(sources.toReversed().map((address) => [familyOf(address), address]));
}
