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
import { NETLINK, withNetlink } from "./netlink/socket.ts";

/** Prefixes of this host's own that are compared with a destination, at most. */
const MOST_OWN = 32;
/** The first address that is not of a single host (RFC 1112, section 4). */
const MULTICAST = 0xe000_0000;

/** Addresses that stand for this host itself, or for many. */
interface Own {
  readonly mask: number;
  readonly value: number;
}

/**
 * The one IPv4 address that the kernel can choose for packets that leave through an interface, whatever
 * its rules say: the interface has no other, and no route of any table through it prefers one, or sends
 * nothing. It then need not be asked for each destination, which takes three calls.
 */
export class OnlySource {
  readonly address: string;
  readonly #own: readonly Own[];

  private constructor(address: string, own: readonly Own[]) {
    this.address = address;
    this.#own = own;
  }

  /** That of an interface; null where the kernel must be asked. */
  static of(name: string): OnlySource | null {
    const { index } = interfaceNamed(name);
    const all = withNetlink(NETLINK.route, dumpAddresses)
      .filter((one) => one.index === index && one.family === 4);
    const [only] = all;
    // One of a narrower scope is passed over for some routes
    if (only === undefined || all.length > 1 || only.scope !== SCOPE.global) return null;
    const { address } = only;
    const own: Own[] = [];
    let isPlain = true;
    const { errno } = withNetlink(
      NETLINK.route,
      (socket) =>
        dumpRoutes(socket, 4, EVERY_TABLE, (route) => {
          if (route.type !== ROUTE_TYPE.unicast && !REFUSALS.has(route.type)) {
            own.push(ownOf(route));
          } else isPlain &&= prefersNone(route, index, addressBytes(address));
          return null;
        }),
    );
    return errno !== 0 || !isPlain || own.length > MOST_OWN ? null : new OnlySource(address, own);
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

/** Whether a route through an interface leaves the choice of the source to its address. */
function prefersNone(route: Route, index: number, address: Uint8Array): boolean {
  const { attributes, type } = route;
  if (REFUSALS.has(type)) return false;
  // What a next hop object says is not in the route
  if (attributes.has(RTA.nexthop)) return false;
  if (!hopsOf(route).some((hop) => hop.index === index)) return true;
  const preferred = attributes.get(RTA.preferredSource);
  return preferred === undefined || preferred.every((octet, at) => octet === address[at]);
}

function ownOf({ length, attributes }: Route): Own {
  const mask = length === 0 ? 0 : (0xffff_ffff << (32 - length)) >>> 0;
  const octets = attributes.get(RTA.destination) ?? new Uint8Array(4);
  return { mask, value: (numberOf(octets) & mask) >>> 0 };
}

function numberOf(octets: Uint8Array): number {
  return (octets[0]! << 24 | octets[1]! << 16 | octets[2]! << 8 | octets[3]!) >>> 0;
}
