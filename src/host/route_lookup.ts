import { addressBytes, addressText } from "./address.ts";
import { ERRNO, errnoName } from "./errno.ts";
import { attribute, numberAttribute, numberIn, readAttributes } from "./netlink/message.ts";
import {
  type Family,
  FEATURE_ECN,
  hopsOf,
  METRIC,
  readRoute,
  ROUTE,
  type Route,
  ROUTE_TYPE,
  RTA,
  writeRoute,
} from "./netlink/route.ts";
import { NETLINK, type NetlinkSocket, withNetlink } from "./netlink/socket.ts";
import { sourceAddressTo } from "./route_source.ts";

/** The kernel names the table too; for IPv6 it always does, and takes no such flag. */
const LOOKUP_TABLE = 0x1000;
/** The kernel answers with the route as its table has it, with all its next hops. */
const FIB_MATCH = 0x2000;

/** What a route may depend on besides the destination. */
export interface LookupOptions {
  /** The address that packets are sent from; the kernel chooses when missing. */
  readonly source?: string | undefined;
  /** The firewall mark of the socket. */
  readonly mark?: number | undefined;
  /** The number of the interface that the socket is bound to. */
  readonly interface?: number | undefined;
  /** The user that the socket belongs to; this process's own when missing. */
  readonly user?: number | undefined;
}

/** The route of packets to a destination, by the kernel's rules and routes. */
export interface Way {
  /** The number of the interface that they leave through. */
  readonly interface: number;
  /** The router that they go to first; null when the destination is on the link itself. */
  readonly gateway: string | null;
  /** The address that they are sent from; null when the kernel does not report one. */
  readonly source: string | null;
  readonly table: number;
  /** The destination is this host itself. */
  readonly local: boolean;
  /** Connections that go this way ask for ECN. */
  readonly ecn: boolean;
}

/** Why the kernel sends nothing to a destination. */
export interface NoWay {
  readonly errno: number;
}

/** Whether the kernel has a way. */
export function isWay(found: Way | NoWay): found is Way {
  return "interface" in found;
}

/**
 * The way that the kernel finds for packets with just these properties: one look-up (RTM_GETROUTE). A
 * connection may go another way, since the source that it gets by one look-up counts in the next: see
 * {@linkcode wayTo}.
 */
export function lookUp(
  socket: NetlinkSocket,
  destination: string,
  options: LookupOptions = {},
): Way | NoWay {
  const found = ask(socket, destination, options, 0);
  if ("errno" in found) return found;
  const way = wayOf(found);
  return options.source === undefined ? way : { ...way, source: options.source };
}

/**
 * The numbers of all interfaces that packets to a destination may leave through: several when the
 * route has several next hops, among which the kernel chooses by flow. Empty without a way.
 */
export function interfacesTo(
  socket: NetlinkSocket,
  destination: string,
  options: LookupOptions = {},
): number[] {
  const found = ask(socket, destination, options, FIB_MATCH);
  if ("errno" in found) return [];
  return [...new Set(hopsOf(found).map(({ index }) => index))];
}

/**
 * The way that a connection to a destination takes: the kernel looks for a source first and then for
 * the way from there, so that a rule for that source counts.
 */
export function wayTo(
  socket: NetlinkSocket,
  destination: string,
  options: LookupOptions = {},
): Way | NoWay {
  const first = lookUp(socket, destination, options);
  if (options.source !== undefined) return first;
  // For IPv6 the first look-up is used, unless it found nothing (ip6_dst_lookup_tail in the kernel)
  const six = destination.includes(":");
  if (isWay(first) && (six || first.source === null || first.local)) return first;
  if (!isWay(first) && !six) return first;
  const source = isWay(first) ? first.source : sourceAddressTo(destination);
  return source === null ? first : lookUp(socket, destination, { ...options, source });
}

/** The same, in the network namespace that this thread is in. */
export function findWay(destination: string, options: LookupOptions = {}): Way | NoWay {
  return withNetlink(NETLINK.route, (socket) => wayTo(socket, destination, options));
}

/** Why the kernel has no route, as the end of a sentence. */
export function whyNoWay({ errno }: NoWay): string {
  switch (errno) {
    case ERRNO.ENETUNREACH:
      return "no route leads there, or a rule says `unreachable`";
    case ERRNO.EHOSTUNREACH:
      return "a route says `unreachable`";
    case ERRNO.EACCES:
      return "a route or a rule says `prohibit`";
    case ERRNO.EINVAL:
      return "a route or a rule says `blackhole`";
    case ERRNO.EAFNOSUPPORT:
    case ERRNO.EOPNOTSUPP:
      return "this kernel does not support it";
    default:
      return `the kernel says ${errnoName(errno)}`;
  }
}

function ask(
  socket: NetlinkSocket,
  destination: string,
  { source, mark, interface: index, user }: LookupOptions,
  flags: number,
): Route | NoWay {
  const to = addressBytes(destination);
  const family: Family = to.length === 4 ? 4 : 6;
  const from = source === undefined ? undefined : addressBytes(source);
  const body = writeRoute({
    family,
    length: to.length * 8,
    sourceLength: (from?.length ?? 0) * 8,
    tos: 0,
    table: 0,
    protocol: 0,
    scope: 0,
    type: 0,
    flags: family === 4 ? flags | LOOKUP_TABLE : flags,
  }, [
    attribute(RTA.destination, to),
    ...(from === undefined ? [] : [attribute(RTA.source, from)]),
    ...(mark === undefined ? [] : [numberAttribute(RTA.mark, mark)]),
    ...(index === undefined ? [] : [numberAttribute(RTA.outgoing, index)]),
    ...(user === undefined ? [] : [numberAttribute(RTA.uid, user)]),
  ]);
  const { errno, messages } = socket.ask({ type: ROUTE.ask, flags: 0, body });
  if (errno !== 0) return { errno };
  const [answer] = messages;
  const route = answer === undefined ? null : readAnswer(answer.body);
  return route ?? { errno: ERRNO.ENODATA };
}

/** What is made for one destination is what was asked for, here. */
function readAnswer(body: Uint8Array): Route | null {
  const octets = body.slice();
  // A route that the kernel made for this destination is marked so, which `readRoute` passes over
  octets.fill(0, 8, 12);
  return readRoute({ type: ROUTE.added, flags: 0, sequence: 0, body: octets });
}

function wayOf({ family, attributes, type, table }: Route): Way {
  const gateway = attributes.get(RTA.gateway) ?? attributes.get(RTA.via)?.subarray(2);
  const source = attributes.get(RTA.preferredSource) ?? attributes.get(RTA.source);
  const metrics = readAttributes(attributes.get(RTA.metrics) ?? new Uint8Array(0), 0);
  const text = (octets: Uint8Array | undefined) =>
    octets?.length === 4 || octets?.length === 16 ? addressText(octets) : null;
  return {
    interface: numberIn(attributes, RTA.outgoing) ?? 0,
    gateway: text(gateway),
    source: source?.length === (family === 4 ? 4 : 16) ? text(source) : null,
    table,
    local: type === ROUTE_TYPE.local,
    ecn: ((numberIn(metrics, METRIC.features) ?? 0) & FEATURE_ECN) !== 0,
  };
}
