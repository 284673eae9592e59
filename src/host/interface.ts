import { Failure } from "./failure.ts";
import { run } from "./run.ts";

/** A network interface, as far as a measurement needs to know it. */
export interface Interface {
  readonly name: string;
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

/** What `ip -j addr` says of an interface; only what is read here. */
interface Link {
  readonly ifname?: string;
  readonly altnames?: readonly string[];
  readonly ifindex: number;
  readonly flags: readonly string[];
  readonly addr_info: readonly Address[];
}

interface Address {
  readonly family?: string;
  readonly local: string;
  readonly scope: string;
  readonly tentative?: boolean;
  readonly dadfailed?: boolean;
  readonly deprecated?: boolean;
}

/** What `ip -j route` says of a route; only what is read here. */
interface Route {
  readonly dev?: string;
  readonly metric?: number;
  readonly flags?: readonly string[];
  readonly nexthops?: readonly Route[];
}

/** Every interface of this network namespace. */
export function interfaces(): Interface[] {
  return links().map(describe);
}

/** Every address of this network namespace, those that packets are seldom sent from too. */
export function ownAddresses(): string[] {
  return links().flatMap((link) => link.addr_info.map(({ local }) => local));
}

/**
 * The interface with this name, or other name.
 *
 * @throws {Failure} when there is none (the message lists those that there are), or it is down
 */
export function interfaceNamed(name: string): Interface {
  const all = links();
  const link = all.find((link) => link.ifname === name || link.altnames?.includes(name));
  if (link === undefined) {
    const names = all.map((link) => link.ifname).join(", ");
    throw new Failure(`There is no interface ${name}: choose one of ${names}.`);
  }
  const found = describe(link);
  if (!found.up) {
    throw new Failure(
      `The interface ${found.name} is down: bring it up with \`ip link set dev ${found.name} up\`.`,
    );
  }
  if (!found.carrier) {
    throw new Failure(
      `The interface ${found.name} is not connected to anything: look at its cable or its other end.`,
    );
  }
  return found;
}

/**
 * The name of the interface of the default route, of IPv4 or else of IPv6.
 *
 * @throws {Failure} when there is no default route
 */
export function defaultInterface(): string {
  for (const family of ["-4", "-6"]) {
    const name = defaultOf(JSON.parse(run("ip", ["-j", family, "route", "show", "default"])));
    if (name !== undefined) return name;
  }
  const names = interfaces().map((found) => found.name).join(", ");
  throw new Failure(`There is no default route: name an interface with --interface (${names}).`);
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
    `There is no IPv${family} address on ${from.name}: leave out the IPv${family} targets, or ` +
      `choose another interface with --interface.`,
  );
}

function defaultOf(routes: readonly Route[]): string | undefined {
  const usable = routes
    .map((route) => ({ metric: route.metric ?? 0, hop: (route.nexthops ?? [route]).find(alive) }))
    .filter((route) => route.hop !== undefined);
  return usable.sort((a, b) => a.metric - b.metric)[0]?.hop?.dev;
}

function alive(hop: Route): boolean {
  // An `unreachable default` is a route too, through lo.
  return hop.dev !== undefined && hop.dev !== "lo" &&
    !hop.flags?.some((flag) => flag === "dead" || flag === "linkdown");
}

function links(): (Link & { readonly ifname: string })[] {
  const all: Link[] = JSON.parse(run("ip", ["-j", "addr", "show"]));
  // Some releases of ip write an empty object for what a filter leaves out.
  return all.filter((link): link is Link & { readonly ifname: string } =>
    link.ifname !== undefined
  );
}

function describe(link: Link & { readonly ifname: string }): Interface {
  const loopback = link.flags.includes("LOOPBACK");
  return {
    name: link.ifname,
    index: link.ifindex,
    up: link.flags.includes("UP"),
    carrier: link.flags.includes("LOWER_UP"),
    loopback,
    ipv4: sources(link, "inet", loopback),
    ipv6: sources(link, "inet6", loopback),
    deprecated: link.addr_info.filter((address) => address.deprecated).map(({ local }) => local),
  };
}

function sources(link: Link, family: string, loopback: boolean): string[] {
  return link.addr_info
    .filter((address) => address.family === family)
    .filter(({ scope }) => scope === "global" || scope === "site" || loopback && scope === "host")
    .filter((address) => !address.tentative && !address.dadfailed)
    .sort((a, b) => Number(a.deprecated ?? false) - Number(b.deprecated ?? false))
    .map((address) => address.local);
}
