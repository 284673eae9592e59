import { ERRNO, errnoName } from "./errno.ts";
import { Failure } from "./failure.ts";
import {
  attribute,
  FLAG,
  joined,
  numberAttribute,
  numberIn,
  readAttributes,
  textIn,
} from "./netlink/message.ts";
import {
  dumpRoutes,
  type Family,
  FEATURE_ECN,
  HOP_FLAG,
  hopsOf,
  METRIC,
  type NextHop,
  prefixText,
  readRoute,
  ROUTE,
  type Route,
  ROUTE_TYPE,
  type RouteChange,
  RTA,
  writeHop,
  writeRoute,
} from "./netlink/route.ts";
import { tableText } from "./netlink/rule.ts";
import type { NetlinkSocket, Request } from "./netlink/socket.ts";
import { PROTOCOL } from "./undo.ts";

/** What a copy keeps of a route, besides its ways and metrics. */
const KEPT = [
  RTA.destination,
  RTA.source,
  RTA.priority,
  RTA.preferredSource,
  RTA.preference,
  RTA.ttlPropagate,
] as const;
/** What a copy keeps of a way. */
const KEPT_OF_HOP = [RTA.gateway, RTA.flow, RTA.via] as const;
/** The congestion control whose connections ask for ECN by themselves. */
const DCTCP = "dctcp";

/** A routing table of ours that has the routes of another one, each asking for ECN. */
export class EcnTable {
  readonly family: Family;
  /** The table that is copied. */
  readonly from: number;
  /** Ours. */
  readonly to: number;
  /** Interfaces whose ways were left out, since nothing goes there now. */
  readonly #dead = new Set<number>();

  constructor(family: Family, from: number, to: number) {
    this.family = family;
    this.from = from;
    this.to = to;
  }

  /**
   * Synchronises our table with the other one.
   *
   * @throws {Failure} when the kernel does not take a route
   */
  sync(socket: NetlinkSocket): void {
    this.#dead.clear();
    const wanted = dumpRoutes(socket, this.family, this.from, (route) => this.#copy(route));
    // Our table is read as if it were to be copied once more, which leaves it unchanged
    const present = dumpRoutes(
      socket,
      this.family,
      this.to,
      (route) => route.protocol === PROTOCOL ? copyOf(route, this.to) : null,
    );
    const has = new Set(present.entries.map(keyOf));
    const keeps = new Set(wanted.entries.map(keyOf));
    const missing = wanted.entries.filter((body) => !has.has(keyOf(body)));
    const surplus = present.entries.filter((body) => !keeps.has(keyOf(body)));
    const flags = this.family === 4 ? FLAG.create | FLAG.append : FLAG.create;
    this.#change(socket, missing.map((body) => ({ type: ROUTE.added, flags, body })));
    this.#change(socket, surplus.map((body) => ({ type: ROUTE.removed, flags: 0, body })));
  }

  /**
   * Applies a change of the other table to ours.
   *
   * @returns whether it could be done: if not, {@linkcode sync} does it
   */
  follow(socket: NetlinkSocket, { route, removed, flags }: RouteChange): boolean {
    const body = this.#copy(route);
    if (body === null) return true;
    const request = removed
      ? { type: ROUTE.removed, flags: 0, body }
      : { type: ROUTE.added, flags: FLAG.create | this.#addingFlags(route, flags), body };
    const { errno } = socket.ask(request);
    // The change was already there when the table was read
    return errno === 0 || errno === (removed ? ERRNO.ESRCH : ERRNO.EEXIST);
  }

  /** Whether a next hop was left out that may be usable now that this interface has changed. */
  mayRevive(index: number): boolean {
    return this.#dead.has(index);
  }

  #copy(route: Route): Uint8Array | null {
    for (const { index, flags } of hopsOf(route)) {
      if (flags & HOP_FLAG.dead) this.#dead.add(index);
    }
    return copyOf(route, this.to);
  }

  /**
   * How a route is added: an IPv6 route with several next hops is reported whole, also when only
   * one is new.
   */
  #addingFlags({ attributes }: Route, flags: number): number {
    if (this.family === 6 && attributes.has(RTA.multipath)) return FLAG.replace;
    return flags & (this.family === 6 ? FLAG.replace : FLAG.replace | FLAG.append);
  }

  #change(socket: NetlinkSocket, requests: readonly Request[]): void {
    for (const { at, errno, why } of socket.change(requests)) {
      if (errno === ERRNO.EEXIST || errno === ERRNO.ESRCH) continue;
      const { type, body } = requests[at]!;
      const route = readRoute({ type, flags: 0, sequence: 0, body });
      throw new Failure(
        `the IPv${this.family} route to ${route === null ? "?" : prefixText(route)} (table ${
          tableText(this.from)
        }) cannot be copied to ask for ECN (${why || errnoName(errno)})${
          errno === ERRNO.EPERM ? ": run spider as root" : ""
        }`,
      );
    }
  }
}

/**
 * What of a route's features or congestion control makes connections ask for ECN that are to go
 * without it; null when nothing does.
 */
export function asksForEcn(route: Route): string | null {
  const metrics = readAttributes(route.attributes.get(RTA.metrics) ?? new Uint8Array(0), 0);
  if ((numberIn(metrics, METRIC.features) ?? 0) & FEATURE_ECN) return "features ecn";
  const control = textIn(metrics, METRIC.congestionControl);
  return control === DCTCP ? `congctl ${control}` : null;
}

/** The body of the message by which a copy of a route is made or deleted; null for one that is dead. */
export function copyOf(route: Route, table: number): Uint8Array<ArrayBuffer> | null {
  const { attributes, type } = route;
  const kept = KEPT.flatMap((number) => {
    const value = attributes.get(number);
    return value === undefined ? [] : [attribute(number, value)];
  });
  const ways = type === ROUTE_TYPE.unicast || type === ROUTE_TYPE.local
    ? waysOf(route)
    : { flags: 0, attributes: [] };
  if (ways === null) return null;
  return writeRoute(
    { ...route, protocol: PROTOCOL, flags: ways.flags, table },
    [...kept, ...ways.attributes, ...metricsOf(route)],
  );
}

/** How the ways of a route are written; null when all are dead. */
function waysOf(route: Route): { flags: number; attributes: Uint8Array[] } | null {
  // A next hop that is named by its number (RTA_NH_ID) is written out: the kernel keeps the metrics of
  // routes with it at the next hop, so that connections of the host would ask for ECN too
  const hops = hopsOf(route).filter(({ flags }) => (flags & HOP_FLAG.dead) === 0);
  const [first] = hops;
  if (first === undefined) return null;
  if (!route.attributes.has(RTA.multipath)) {
    const attributes = [numberAttribute(RTA.outgoing, first.index), ...hopAttributes(first)];
    return { flags: flagsOf(first), attributes };
  }
  const list = joined(
    hops.map((hop) => writeHop({ ...hop, flags: flagsOf(hop) }, hopAttributes(hop))),
  );
  return { flags: 0, attributes: [attribute(RTA.multipath, list, true)] };
}

/**
 * A gateway is on the link: the kernel checked that when the route was made, and by the rules that
 * came later it may no longer find the way to it.
 */
function flagsOf({ attributes, flags }: NextHop): number {
  const gateway = attributes.has(RTA.gateway) || attributes.has(RTA.via);
  return gateway ? HOP_FLAG.onLink : flags & HOP_FLAG.onLink;
}

function hopAttributes({ attributes }: NextHop): Uint8Array[] {
  const kept = KEPT_OF_HOP.flatMap((number) => {
    const value = attributes.get(number);
    return value === undefined ? [] : [attribute(number, value)];
  });
  const type = attributes.get(RTA.encapsulationType);
  const what = attributes.get(RTA.encapsulation);
  if (type === undefined || what === undefined) return kept;
  return [
    ...kept,
    attribute(RTA.encapsulationType, type),
    attribute(RTA.encapsulation, what, true),
  ];
}

/** The metrics of a route, with ECN among its features where it leads somewhere. */
function metricsOf({ attributes, type }: Route): Uint8Array[] {
  if (type !== ROUTE_TYPE.unicast) return [];
  const metrics = readAttributes(attributes.get(RTA.metrics) ?? new Uint8Array(0), 0);
  const features = (numberIn(metrics, METRIC.features) ?? 0) | FEATURE_ECN;
  metrics.delete(METRIC.features);
  const nested = joined([
    ...[...metrics].map(([number, value]) => attribute(number, value)),
    numberAttribute(METRIC.features, features),
  ]);
  return [attribute(RTA.metrics, nested, true)];
}

/** Octets as a string, as a key for sets. */
function keyOf(octets: Uint8Array): string {
  return String.fromCharCode(...octets);
}
