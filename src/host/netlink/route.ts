import { addressText, AF_INET, AF_INET6 } from "../address.ts";
import { ERRNO } from "../errno.ts";
import {
  aligned,
  type Attributes,
  joined,
  type NetlinkMessage,
  numberAttribute,
  numberIn,
  readAttributes,
  viewOf,
} from "./message.ts";
import type { List, NetlinkSocket } from "./socket.ts";

/** Types of rtnetlink's messages of routes (rtnetlink(7)). */
export const ROUTE = { added: 24, removed: 25, ask: 26 } as const;

/** Attributes of routes. */
export const RTA = {
  destination: 1,
  source: 2,
  incoming: 3,
  outgoing: 4,
  gateway: 5,
  priority: 6,
  preferredSource: 7,
  metrics: 8,
  multipath: 9,
  flow: 11,
  table: 15,
  mark: 16,
  via: 18,
  preference: 20,
  encapsulationType: 21,
  encapsulation: 22,
  uid: 25,
  ttlPropagate: 26,
  nexthop: 30,
} as const;

/** Attributes in the metrics of a route. */
export const METRIC = { features: 12, congestionControl: 16 } as const;
/** The bit of a route's features that makes connections ask for ECN. */
export const FEATURE_ECN = 1;

/** Types of routes (rtnetlink(7)). */
export const ROUTE_TYPE = { unicast: 1, local: 2, broadcast: 3 } as const;
/** Names of the types that send nothing, by their number. */
export const REFUSALS: ReadonlyMap<number, string> = new Map([
  [6, "blackhole"],
  [7, "unreachable"],
  [8, "prohibit"],
  [9, "throw"],
]);

/** Bits of the flags of a route or of a next hop. */
export const HOP_FLAG = { dead: 1, onLink: 4 } as const;
/** The route is one that was made from another for one destination. */
const CLONED = 0x200;

/** Octets of `struct rtmsg`. */
const ROUTE_HEADER = 12;
/** Octets of `struct rtnexthop`. */
const HOP_HEADER = 8;

/** An address family, by its IP version. */
export type Family = 4 | 6;

/** A route as the kernel reports it. */
export interface Route {
  readonly family: Family;
  /** Length of the prefix of destinations, in bits. */
  readonly length: number;
  readonly sourceLength: number;
  readonly tos: number;
  readonly table: number;
  readonly protocol: number;
  readonly scope: number;
  readonly type: number;
  readonly flags: number;
  /** By the numbers in {@linkcode RTA}. */
  readonly attributes: Attributes;
}

/** A change of a route, as the kernel reports it. */
export interface RouteChange {
  readonly route: Route;
  readonly removed: boolean;
  /** The flags of its message: how a route was added. */
  readonly flags: number;
}

/** One of the ways of a route. */
export interface NextHop {
  /** The number of the interface. */
  readonly index: number;
  readonly flags: number;
  /** Its share of the flows, less one. */
  readonly weight: number;
  readonly attributes: Attributes;
}

/** The number of an address family in the socket interface. */
export function familyNumber(family: Family): number {
  return family === 4 ? AF_INET : AF_INET6;
}

/** Reads a route message; null for those of other families, and for what is no route of a table. */
export function readRoute({ body }: NetlinkMessage): Route | null {
  const family = body[0] === AF_INET ? 4 : body[0] === AF_INET6 ? 6 : null;
  if (family === null || body.length < ROUTE_HEADER) return null;
  const flags = viewOf(body).getUint32(8, true);
  if (flags & CLONED) return null;
  const attributes = readAttributes(body, ROUTE_HEADER);
  return {
    family,
    length: body[1]!,
    sourceLength: body[2]!,
    tos: body[3]!,
    // Tables above 255 stand in the attribute alone
    table: numberIn(attributes, RTA.table) ?? body[4]!,
    protocol: body[5]!,
    scope: body[6]!,
    type: body[7]!,
    flags,
    attributes,
  };
}

/** A body of a message of routes. */
export function writeRoute(
  route: Omit<Route, "attributes">,
  attributes: readonly Uint8Array[],
): Uint8Array<ArrayBuffer> {
  const header = new Uint8Array(ROUTE_HEADER);
  const { family, length, sourceLength, tos, protocol, scope, type, flags, table } = route;
  header.set([familyNumber(family), length, sourceLength, tos, 0, protocol, scope, type]);
  viewOf(header).setUint32(8, flags, true);
  const inTable = table === 0 ? [] : [numberAttribute(RTA.table, table)];
  return joined([header, ...inTable, ...attributes]);
}

/** The ways of a route; empty for one that leads nowhere, or through a next hop that is named by number. */
export function hopsOf({ attributes, flags }: Route): NextHop[] {
  const several = attributes.get(RTA.multipath);
  if (several !== undefined) return readHops(several);
  const index = numberIn(attributes, RTA.outgoing);
  return index === undefined ? [] : [{ index, flags, weight: 0, attributes }];
}

function readHops(octets: Uint8Array): NextHop[] {
  const hops: NextHop[] = [];
  const view = viewOf(octets);
  for (let at = 0; at + HOP_HEADER <= octets.length;) {
    const length = view.getUint16(at, true);
    if (length < HOP_HEADER || at + length > octets.length) break;
    hops.push({
      flags: octets[at + 2]!,
      weight: octets[at + 3]!,
      index: view.getInt32(at + 4, true),
      attributes: readAttributes(octets.subarray(at, at + length), HOP_HEADER),
    });
    at += aligned(length);
  }
  return hops;
}

/** The octets of a next hop in a list of several. */
export function writeHop(hop: Omit<NextHop, "attributes">, attributes: readonly Uint8Array[]) {
  const header = new Uint8Array(HOP_HEADER);
  const octets = joined([header, ...attributes]);
  const view = viewOf(octets);
  view.setUint16(0, octets.length, true);
  octets[2] = hop.flags;
  octets[3] = hop.weight;
  view.setInt32(4, hop.index, true);
  return octets;
}

/** The prefix that a route leads to, as `ip` writes it. */
export function prefixText({ family, length, attributes }: Route): string {
  const octets = attributes.get(RTA.destination);
  if (octets === undefined) return length === 0 ? "default" : `?/${length}`;
  const bits = family === 4 ? 32 : 128;
  return length === bits ? addressText(octets) : `${addressText(octets)}/${length}`;
}

/** Stands for all tables. */
export const EVERY_TABLE = 0;

/**
 * What is made of the routes of a table, or of all; nothing when there is no such table. Answers as the
 * kernel does otherwise.
 */
export function dumpRoutes<T>(
  socket: NetlinkSocket,
  family: Family,
  table: number,
  read: (route: Route) => T | null,
): List<T> {
  const all = { family, length: 0, sourceLength: 0, tos: 0, protocol: 0, scope: 0, type: 0 };
  const body = writeRoute({ ...all, flags: 0, table }, []);
  const list = socket.dump({ type: ROUTE.ask, body }, (message) => {
    const route = readRoute(message);
    // A kernel that does not filter by table dumps them all
    const isOther = table !== EVERY_TABLE && route?.table !== table;
    return route === null || isOther ? null : read(route);
  });
  return list.errno === ERRNO.ENOENT ? { ...list, errno: 0 } : list;
}
