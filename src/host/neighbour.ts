import { addressBytes, addressText } from "./address.ts";
import { ERRNO, errnoName } from "./errno.ts";
import { Failure } from "./failure.ts";
import { dumpLinks, type Link } from "./netlink/link.ts";
import { attribute, FLAG, joined, readAttributes, viewOf } from "./netlink/message.ts";
import { type Family, familyNumber } from "./netlink/route.ts";
import { NETLINK, type NetlinkSocket, withNetlink } from "./netlink/socket.ts";
import { sleep } from "./sleep.ts";

/** Types of rtnetlink's messages of neighbours (rtnetlink(7)). */
const NEIGHBOUR = { added: 28, ask: 30 } as const;
/** Octets of `struct ndmsg`. */
const NEIGHBOUR_HEADER = 12;
const NDA_DST = 1;
const NDA_LLADDR = 2;
/** States in which the link address of a neighbour is known: all but incomplete, failed and none. */
const KNOWN = 0x02 | 0x04 | 0x08 | 0x10 | 0x40 | 0x80;
/** The state after nobody has answered. */
const FAILED = 0x20;
/** Has the kernel look for the neighbour as if it had a packet for it. */
const NTF_USE = 0x01;

/** How often it is looked whether the neighbour has answered, in milliseconds. */
const LOOK = 5;
/** How long it may take to answer: the kernel asks three times, once a second (arp(7)). */
const PATIENCE = 4000;

/** What stands before the IP header on an interface. */
export type LinkLayer = "ethernet" | "loopback" | "none";

/** Types of interfaces (linux/if_arp.h) by what stands before the IP header. */
const LAYERS: ReadonlyMap<number, LinkLayer> = new Map([
  [1, "ethernet"],
  [772, "loopback"],
  [65_534, "none"],
  [512, "none"],
  [519, "none"],
  [768, "none"],
  [769, "none"],
  [776, "none"],
]);

/** An interface as packets see it that are handed to it whole. */
export interface LinkFacts {
  readonly layer: LinkLayer;
  /** Its own link address; empty without a link layer. */
  readonly address: Uint8Array;
  /** The most octets of an IP packet. */
  readonly mtu: number;
}

/**
 * What stands before the IP header on an interface, and how long packets may be.
 *
 * @throws {Failure} for an interface that is gone, or whose packets are of a kind that is not known here
 */
export function linkFacts(name: string): LinkFacts {
  const link = withNetlink(NETLINK.route, dumpLinks).find((one) => one.name === name);
  if (link === undefined) throw new Failure(`the interface ${name} is gone`);
  return factsOf(link);
}

/** The same of what the kernel says of one. */
export function factsOf({ name, type, address, mtu }: Link): LinkFacts {
  const layer = LAYERS.get(type);
  if (layer !== undefined) return { layer, address, mtu };
  throw new Failure(
    `packets on the interface ${name} are of a kind that cannot be sent whole (type ${type} of ` +
      "linux/if_arp.h): scan from an Ethernet interface or an IP tunnel",
  );
}

/**
 * The link address of a neighbour; the kernel looks for it where it does not know it (RFC 826,
 * RFC 4861).
 *
 * @param index the number of the interface
 * @throws {Failure} when it does not answer
 */
export async function linkAddressOf(
  address: string,
  { name, index }: { readonly name: string; readonly index: number },
): Promise<Uint8Array> {
  const family = address.includes(":") ? 6 : 4;
  const octets = addressBytes(address.split("%")[0]!);
  const until = performance.now() + PATIENCE;
  const look = () => withNetlink(NETLINK.route, (socket) => lookUp(socket, family, octets, index));
  let found = look();
  if (!(found instanceof Uint8Array)) {
    withNetlink(NETLINK.route, (socket) => askFor(socket, family, octets, index));
    do {
      await sleep(LOOK);
      found = look();
    } while (found === null && performance.now() < until);
  }
  if (found instanceof Uint8Array) return checked(found, address, name);
  const how = family === 4 ? "ARP" : "neighbour discovery";
  throw new Failure(
    `the router ${address} does not answer ${how} on ${name}: see \`ip neigh show dev ${name}\` and ` +
      "that the router is up",
  );
}

/** Null where it is not known yet. */
function lookUp(
  socket: NetlinkSocket,
  family: Family,
  octets: Uint8Array,
  index: number,
): Uint8Array | "failed" | null {
  const body = new Uint8Array(NEIGHBOUR_HEADER);
  body[0] = familyNumber(family);
  const { entries } = socket.dump({ type: NEIGHBOUR.ask, body }, ({ body: entry }) => {
    if (entry.length < NEIGHBOUR_HEADER) return null;
    const view = viewOf(entry);
    const state = view.getUint16(8, true);
    if (view.getInt32(4, true) !== index || (state & (KNOWN | FAILED)) === 0) return null;
    const attributes = readAttributes(entry, NEIGHBOUR_HEADER);
    const destination = attributes.get(NDA_DST);
    const same = destination?.length === octets.length &&
      octets.every((octet, at) => destination[at] === octet);
    if (!same) return null;
    return state === FAILED ? "failed" : attributes.get(NDA_LLADDR) ?? null;
  });
  return entries[0] ?? null;
}

/** Has the kernel look for a neighbour, without a packet that would be sent to it. */
function askFor(
  socket: NetlinkSocket,
  family: Family,
  octets: Uint8Array,
  index: number,
): void {
  const header = new Uint8Array(NEIGHBOUR_HEADER);
  const view = viewOf(header);
  header[0] = familyNumber(family);
  view.setInt32(4, index, true);
  header[10] = NTF_USE;
  const body = joined([header, attribute(NDA_DST, octets)]);
  const { errno } = socket.ask({ type: NEIGHBOUR.added, flags: FLAG.create | FLAG.replace, body });
  if (errno === 0) return;
  if (errno === ERRNO.EPERM) {
    throw new Failure(
      `not allowed to look for the router ${
        addressText(octets)
      }: run as root, or with the capability ` +
        "CAP_NET_ADMIN, or have the host know it by `ping`",
    );
  }
  throw new Failure(
    `the kernel does not look for the router ${addressText(octets)} (${errnoName(errno)})`,
  );
}

/** A group's address would have every host on the link take the probes. */
function checked(found: Uint8Array, address: string, name: string): Uint8Array {
  if (found.length === 6 && (found[0]! & 1) === 0) return found;
  throw new Failure(
    `the router ${address} on ${name} has a link address that no single host has: see ` +
      `\`ip neigh show dev ${name}\``,
  );
}
