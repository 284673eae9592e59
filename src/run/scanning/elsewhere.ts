import { addressText } from "../../host/address.ts";
import type { Interface } from "../../host/interface.ts";
import { type Attributes, numberIn } from "../../host/netlink/message.ts";
import {
  dumpRoutes,
  hopsOf,
  prefixText,
  type Route,
  ROUTE_TYPE,
  RTA,
} from "../../host/netlink/route.ts";
import { LOCAL_TABLE } from "../../host/netlink/rule.ts";
import { NETLINK, withNetlink } from "../../host/netlink/socket.ts";
import { findWay, isWay } from "../../host/route_lookup.ts";
import { addressAt, after, before, type Prefix, readPrefix } from "../../target/prefix.ts";
import type { WayOut } from "./way_out.ts";

/** A route, as far as it says where packets go. */
interface Leads {
  readonly prefix: Prefix;
  readonly length: number;
  readonly metric: number;
  /** Whether a socket that is bound to the scan's interface is led by it: others it passes over. */
  readonly here: boolean;
  /** Whether packets go the scan's way. */
  readonly same: boolean;
}

/**
 * Addresses of an IP version that packets of a scan do not get to by its way out: those of this host, and
 * those to which another route leads, or none.
 *
 * @param way null where the version is not sent over
 */
export function elsewhere(family: 4 | 6, device: Interface, way: WayOut | null): Prefix[] {
  const all = readPrefix(family === 4 ? "0.0.0.0/0" : "::/0") as Prefix;
  if (way === null) return [all];
  return withNetlink(NETLINK.route, (socket) => {
    const own = dumpRoutes(
      socket,
      family,
      LOCAL_TABLE,
      (route) => isOwn(route) ? prefixOf(route) : null,
    );
    const routes = dumpRoutes(socket, family, way.table, (route) => leads(route, device, way));
    return [...own.entries, ...notTheSame(all, routes.entries)];
  });
}

/** Whether a route of the local table leads to this host, or to everybody on a link. */
function isOwn({ type }: Route): boolean {
  return type === ROUTE_TYPE.local || type === ROUTE_TYPE.broadcast;
}

function leads(route: Route, device: Interface, way: WayOut): Leads {
  const prefix = prefixOf(route);
  const { length, type, attributes } = route;
  const metric = numberIn(attributes, RTA.priority) ?? 0;
  const hops = hopsOf(route).map((hop) => ({
    index: hop.index,
    gateway: gatewayOf(hop.attributes),
  }));
  // A next hop that is named by its number is looked up
  const known = hops.length > 0 || type !== ROUTE_TYPE.unicast ? hops : lookedUp(prefix);
  const ours = known.filter(({ index }) => index === device.index);
  // Of several next hops each is a way
  const same = type === ROUTE_TYPE.unicast && ours.some(({ gateway }) => gateway === way.gateway);
  // Routes that refuse have no interface, and hold for all
  const here = type !== ROUTE_TYPE.unicast || ours.length > 0;
  return { prefix, length, metric, here, same };
}

function lookedUp({ last }: Prefix): { readonly index: number; readonly gateway: string | null }[] {
  const found = findWay(addressAt(last));
  return isWay(found) ? [{ index: found.interface, gateway: found.gateway }] : [];
}

/** An IPv4 route may have an IPv6 router, which stands behind its family (RFC 8950). */
function gatewayOf(attributes: Attributes): string | null {
  const octets = attributes.get(RTA.gateway) ?? attributes.get(RTA.via)?.subarray(2);
  return octets === undefined ? null : addressText(octets);
}

function prefixOf(route: Route): Prefix {
  const text = prefixText(route);
  return readPrefix(
    text === "default" ? route.family === 4 ? "0.0.0.0/0" : "::/0" : text,
  ) as Prefix;
}

/**
 * What of all addresses is led elsewhere, or nowhere: the longest prefix decides (RFC 1812, section
 * 5.2.4.3), and of equal ones those of the interface, and the lowest metric. A more specific route by
 * another interface leads elsewhere: to a VPN, or to containers.
 */
export function notTheSame(all: Prefix, routes: readonly Leads[]): Prefix[] {
  const { family } = all;
  const found: Prefix[] = [];
  /** Prefixes that hold the place that was come to, the longest last. */
  const around = [{ last: all.last, same: false }];
  /** The place: what is before it is done. */
  let at: string | null = all.first;
  const pass = (last: string) => {
    if (at === null || at > last) return;
    if (!around.at(-1)!.same) found.push({ family, first: at, last });
    at = after(last);
  };
  for (const { prefix: { first, last }, same } of distinct(routes)) {
    while (around.at(-1)!.last < first) {
      pass(around.at(-1)!.last);
      around.pop();
    }
    const end = before(first);
    if (end !== null) pass(end);
    around.push({ last, same });
  }
  while (around.length > 0) {
    pass(around.at(-1)!.last);
    around.pop();
  }
  return found;
}

/** Routes in the order of their prefixes, of equal prefixes the one that counts. */
function distinct(routes: readonly Leads[]): Leads[] {
  const sorted = routes.toSorted((a, b) =>
    a.prefix.first < b.prefix.first
      ? -1
      : a.prefix.first > b.prefix.first
      ? 1
      : a.length - b.length || Number(b.here) - Number(a.here) || a.metric - b.metric
  );
  return sorted.filter(({ prefix, length }, i) => {
    const previous = sorted[i - 1];
    return previous?.prefix.first !== prefix.first || previous.length !== length;
  });
}
