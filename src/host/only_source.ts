import { addressBytes } from "./address.ts";
import { interfaceNamed } from "./interface.ts";
import { dumpAddresses, SCOPE } from "./netlink/link.ts";
import {
  dumpRoutes,
  EVERY_TABLE,
  hopsOf,
  REFUSALS,
  type Route,
  ROUTE_TYPE,
  RTA,
} from "./netlink/route.ts";
import { dumpRules, MAIN_TABLE, ruleText } from "./netlink/rule.ts";
import { NETLINK, type NetlinkSocket, withNetlink } from "./netlink/socket.ts";

/** Prefixes of this host's own that are compared with a destination, at most. */
const MOST_OWN = 32;
/** The first address that is not of a single host (RFC 1112, section 4). */
const MULTICAST = 0xe000_0000;

/** Addresses that stand for this host itself, or for many. */
interface Own {
  readonly mask: number;
  readonly value: number;
}

/** The rules that a host has from the start: none depends on a packet, or refuses it. */
const USUAL_RULES: ReadonlySet<string> = new Set([
  "0: from all lookup local",
  "32766: from all lookup main",
  "32767: from all lookup default",
]);

/**
 * The one IPv4 address that the kernel can choose for packets: it then need not be asked for each
 * destination, which takes three calls.
 *
 * For those that leave through an interface, whatever the rules say: the interface has no other, and no
 * route of any table through it prefers one, or sends nothing. For those that leave as the routes say:
 * so it is for the whole host, and there is a route for each destination.
 */
export class OnlySource {
  readonly address: string;
  readonly #own: readonly Own[];

  private constructor(address: string, own: readonly Own[]) {
    this.address = address;
    this.#own = own;
  }

  /**
   * As long as links, addresses, routes and rules stay as they are; null where the kernel must be asked.
   *
   * @param name the interface that all packets leave through; null to leave it to the routes
   */
  static of(name: string | null): OnlySource | null {
    const index = name === null ? null : interfaceNamed(name).index;
    return withNetlink(NETLINK.route, (socket) => {
      const address = onlyAddress(socket, index);
      if (address === null || index === null && !hasUsualRules(socket)) return null;
      const own: Own[] = [];
      let isPlain = true;
      let leadsAnywhere = index !== null;
      const { errno } = dumpRoutes(socket, 4, EVERY_TABLE, (route) => {
        if (route.type !== ROUTE_TYPE.unicast && !REFUSALS.has(route.type)) {
          own.push(ownOf(route));
          return null;
        }
        isPlain &&= prefersNone(route, index, addressBytes(address));
        leadsAnywhere ||= isForAll(route);
        return null;
      });
      const isOnly = errno === 0 && isPlain && leadsAnywhere && own.length <= MOST_OWN;
      return isOnly ? new OnlySource(address, own) : null;
    });
  }

  /** Whether it is the source of packets to a destination of 4 octets: that is another, single host. */
  isFor(destination: Uint8Array): boolean {
    const number = numberOf(destination);
    if (number >= MULTICAST) return false;
    for (const { mask, value } of this.#own) {
      if (((number & mask) >>> 0) === value) return false;
    }
    return true;
  }
}

/** The only address of an interface, or of the host besides those that are for itself alone; null where there are more, or none. */
function onlyAddress(socket: NetlinkSocket, index: number | null): string | null {
  const all = dumpAddresses(socket).filter((one) =>
    one.family === 4 && (index === null ? one.scope !== SCOPE.host : one.index === index)
  );
  const [only] = all;
  // One of a narrower scope is passed over for some routes
  return only === undefined || all.length > 1 || only.scope !== SCOPE.global ? null : only.address;
}

function hasUsualRules(socket: NetlinkSocket): boolean {
  const { errno, entries } = dumpRules(socket, 4);
  return errno === 0 && entries.every((rule) => USUAL_RULES.has(ruleText(rule))) &&
    entries.some(({ table }) => table === MAIN_TABLE);
}

/** Whether a route through an interface, or any, leaves the choice of the source to its address. */
function prefersNone(route: Route, index: number | null, address: Uint8Array): boolean {
  const { attributes, type } = route;
  if (REFUSALS.has(type)) return false;
  // What a next hop object says is not in the route
  if (attributes.has(RTA.nexthop)) return false;
  if (index !== null && !hopsOf(route).some((hop) => hop.index === index)) return true;
  const preferred = attributes.get(RTA.preferredSource);
  return preferred === undefined || preferred.every((octet, at) => octet === address[at]);
}

/** Whether a route takes every packet that no other one takes. */
function isForAll({ table, type, length, tos }: Route): boolean {
  return table === MAIN_TABLE && type === ROUTE_TYPE.unicast && length === 0 && tos === 0;
}

function ownOf({ length, attributes }: Route): Own {
  const mask = length === 0 ? 0 : (0xffff_ffff << (32 - length)) >>> 0;
  const octets = attributes.get(RTA.destination) ?? new Uint8Array(4);
  return { mask, value: (numberOf(octets) & mask) >>> 0 };
}

function numberOf(octets: Uint8Array): number {
  return (octets[0]! << 24 | octets[1]! << 16 | octets[2]! << 8 | octets[3]!) >>> 0;
}
