import { Failure } from "./failure.ts";
import { noInterface } from "./missing.ts";
import {
  ADDRESS_FLAG,
  dumpAddresses,
  dumpLinks,
  type Link,
  LINK_FLAG,
  type LinkAddress,
  SCOPE,
} from "./netlink/link.ts";
import { NETLINK, withNetlink } from "./netlink/socket.ts";
import { interfacesTo, isWay, wayTo, whyNoWay } from "./route_lookup.ts";

/**
 * Addresses that represent the Internet, by IP version: those of a name server of the root. They
 * are only looked up, never sent to.
 */
export const SOMEWHERE = { 4: "198.41.0.4", 6: "2001:503:ba3e::2:30" } as const;

/** A network interface, as far as a measurement needs to know it. */
export interface Interface {
  readonly name: string;
  /** Other names of it. */
  readonly alternatives: readonly string[];
  /** The kernel's number for it. */
  readonly index: number;
  /** Whether it is switched on. */
  readonly up: boolean;
  /** Whether something is connected to it: a cable, the other end of a tunnel. */
  readonly carrier: boolean;
  readonly loopback: boolean;
  /** IPv4 addresses that packets may be sent from, the preferred one first. */
  readonly ipv4: readonly string[];
  /** IPv6 addresses that packets may be sent from, the preferred one first. */
  readonly ipv6: readonly string[];
  /** Those of both that new connections avoid, since they will soon go away. */
  readonly deprecated: readonly string[];
}

/** Every interface of this network namespace. */
export function interfaces(): Interface[] {
  return withNetlink(NETLINK.route, (socket) => {
    const addresses = dumpAddresses(socket);
    return dumpLinks(socket).map((link) => describe(link, addresses));
  });
}

/** Every address of this network namespace, those that packets are seldom sent from too. */
export function ownAddresses(): string[] {
  return withNetlink(NETLINK.route, dumpAddresses).map(({ address }) => address);
}

/** Whether there is an interface with this name, or other name. */
export function isInterface(name: string): boolean {
  return interfaces().some((one) => isCalled(one, name));
}

/** Whether an interface has this name, or other name. */
export function isCalled(
  { name, alternatives }: Pick<Interface, "name" | "alternatives">,
  called: string,
): boolean {
  return name === called || alternatives.includes(called);
}

/**
 * The interface with this name, or other name.
 *
 * @throws {Failure} when there is none (the message lists those that there are), or it is down
 */
export function interfaceNamed(name: string): Interface {
  const all = interfaces();
  const found = all.find((one) => isCalled(one, name));
  if (found === undefined) throw noInterface(name, all.map(({ name }) => name));
  if (!found.up) {
    throw new Failure(
      `the interface ${found.name} is down: bring it up with \`ip link set dev ${found.name} up\``,
    );
  }
  if (!found.carrier) {
    throw new Failure(
      `the interface ${found.name} is not connected to anything: look at its cable or its other end`,
    );
  }
  return found;
}

/**
 * The names of the interfaces that packets to the Internet leave through, by the kernel's own look-up,
 * so that policy rules count (of a VPN, of several uplinks): that of IPv4 first, then that of IPv6, then
 * others that flows may take, then those with the addresses that are sent from, where answers may come
 * in. None twice.
 *
 * @param sources the addresses to send from, by IP version; where one is missing the kernel chooses
 * @throws {Failure} when the kernel sends nothing there
 */
export function defaultInterfaces(
  sources: { readonly 4?: string; readonly 6?: string } = {},
): [string, ...string[]] {
  const found = withNetlink(NETLINK.route, (socket) =>
    ([4, 6] as const).map((family) => {
      const way = wayTo(socket, SOMEWHERE[family], { source: sources[family] });
      if (!isWay(way)) return { way, several: [] };
      const options = { source: way.source ?? undefined };
      return { way, several: interfacesTo(socket, SOMEWHERE[family], options) };
    }));
  const known = interfaces();
  const owner = (address: string | null) =>
    known.find(({ ipv4, ipv6 }) => address !== null && [...ipv4, ...ipv6].includes(address))?.index;
  const [first, ...others] = [
    ...new Set([
      ...found.map(({ way }) => isWay(way) ? way.interface : undefined),
      ...found.flatMap(({ several }) => several),
      ...found.map(({ way }) => isWay(way) ? owner(way.source) : undefined),
    ]),
  ].flatMap((index) => known.find((one) => one.index === index && !one.loopback)?.name ?? []);
  if (first !== undefined) return [first, ...others];
  const names = known.map(({ name }) => name).join(", ");
  const why = found.map(({ way }, at) =>
    `IPv${at === 0 ? 4 : 6}: ${isWay(way) ? "it leads to this host itself" : whyNoWay(way)}`
  );
  throw new Failure(
    `there is no default route (${why.join("; ")}): name an interface with --interface (${names})`,
  );
}

/**
 * The first of {@linkcode defaultInterfaces}.
 *
 * @throws {Failure} when the kernel sends nothing there
 */
export function defaultInterface(sources?: { readonly 4?: string; readonly 6?: string }): string {
  return defaultInterfaces(sources)[0];
}

/** The name of the interface that packets to an address leave through; null when they do not. */
export function interfaceTo(destination: string, source?: string): string | null {
  return withNetlink(NETLINK.route, (socket) => {
    const way = wayTo(socket, destination, { source });
    if (!isWay(way)) return null;
    return dumpLinks(socket).find(({ index }) => index === way.interface)?.name ?? null;
  });
}

/**
 * The address that packets of a family are sent from.
 *
 * @throws {Failure} when the interface has no such address
 */
export function sourceAddress(from: Interface, family: 4 | 6): string {
  const [address] = family === 4 ? from.ipv4 : from.ipv6;
  if (address !== undefined) return address;
  throw new Failure(
    `there is no IPv${family} address on ${from.name}: leave out the IPv${family} targets, or ` +
      `choose another interface with --interface`,
  );
}

function describe(link: Link, addresses: readonly LinkAddress[]): Interface {
  const loopback = (link.flags & LINK_FLAG.loopback) !== 0;
  const own = addresses.filter(({ index }) => index === link.index);
  return {
    name: link.name,
    alternatives: link.alternatives,
    index: link.index,
    up: (link.flags & LINK_FLAG.up) !== 0,
    carrier: (link.flags & LINK_FLAG.carrier) !== 0,
    loopback,
    ipv4: sources(own, 4, loopback),
    ipv6: sources(own, 6, loopback),
    deprecated: own.filter(isDeprecated).map(({ address }) => address),
  };
}

function sources(own: readonly LinkAddress[], family: 4 | 6, loopback: boolean): string[] {
  const unusable = ADDRESS_FLAG.tentative | ADDRESS_FLAG.failed;
  return own
    .filter((address) => address.family === family && (address.flags & unusable) === 0)
    .filter(({ scope }) =>
      scope === SCOPE.global || scope === SCOPE.site || loopback && scope === SCOPE.host
    )
    .sort((a, b) => Number(isDeprecated(a)) - Number(isDeprecated(b)))
    .map(({ address }) => address);
}

function isDeprecated({ flags }: LinkAddress): boolean {
  return (flags & ADDRESS_FLAG.deprecated) !== 0;
}
