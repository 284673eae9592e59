import type { LabFile, LinkEntry } from "../file/lab_file.ts";
import { linkAddresses } from "./addresses.ts";
import type { Faults } from "./faults.ts";
import type { PlannedInterface, PlannedLink } from "./network_plan.ts";
import { distancesTo, type Neighbours } from "./routes.ts";

/** A link that says more than what it joins. */
type LongLink = Extract<LinkEntry, { readonly tunnel: boolean }>;

/** Octets of the longest packet of a link that says nothing else. */
const MTU = 1500;
/** Octets of the header that a tunnel puts before a packet. */
const OUTER = 20;
/** What a link of IPv6 carries at least (RFC 8200, section 5). */
const LEAST_OF_IPV6 = 1280;
/** The number of the first interface; those that a namespace begins with have small ones. */
const FIRST_INDEX = 10;

/** The links of a lab, without those that join nothing. */
export function planLinks(
  lab: LabFile,
  nodes: readonly string[],
  faults: Faults,
): PlannedLink[] {
  const plain = lab.links.flatMap((entry, at) =>
    isTunnel(entry) || !joins(entry, at, nodes, faults) ? [] : [plainLink(entry, at, faults)]
  );
  const tunnels: PlannedLink[] = [];
  lab.links.forEach((entry, at) => {
    if (!isTunnel(entry) || !joins(entry, at, nodes, faults)) return;
    if (tunnels.some(({ between }) => entry.between.every((name) => between.includes(name)))) {
      faults.add(["links", at], `there is a tunnel between ${entry.between.join(" and ")} already`);
    }
    tunnels.push(tunnel(entry, at, plain, lab, faults));
  });
  const links = [...plain, ...tunnels].sort((one, other) => one.number - other.number);
  for (const { number, mtu } of links) {
    if (!lab.ipv6 || mtu >= LEAST_OF_IPV6) continue;
    faults.add(
      ["links", number],
      `a link of IPv6 carries ${LEAST_OF_IPV6} octets at least, this one ${mtu}; ipv6: false makes a lab of IPv4 alone`,
    );
  }
  return links;
}

function isTunnel(entry: LinkEntry): entry is LongLink {
  return "tunnel" in entry && entry.tunnel;
}

function joins(
  { between }: LinkEntry,
  at: number,
  nodes: readonly string[],
  faults: Faults,
): boolean {
  if (!faults.addUnknown(["links", at], between, nodes)) return false;
  const [one, other] = between;
  if (one === other) faults.add(["links", at], `${one} cannot be joined with itself`);
  return one !== other;
}

function plainLink(entry: LinkEntry, at: number, faults: Faults): PlannedLink {
  const { rate = null, delay = 0, jitter = 0, loss = 0, mtu = MTU } = entry as Partial<LongLink>;
  if (jitter > delay) {
    faults.add(["links", at, "jitter"], `jitter is more than the delay, ${delay} ms`);
  }
  return { number: at, between: entry.between, rate, delay, jitter, loss, mtu, tunnel: false };
}

function tunnel(
  entry: LongLink,
  at: number,
  plain: readonly PlannedLink[],
  { routers }: LabFile,
  faults: Faults,
): PlannedLink {
  const { between } = entry;
  for (const name of between) {
    if (Object.hasOwn(routers, name)) continue;
    faults.add(["links", at], `${name} is a host, and a tunnel joins two routers`);
  }
  for (const key of ["rate", "delay", "jitter", "loss"]) {
    if (!(key in entry)) continue;
    faults.add(
      ["links", at, key],
      `a tunnel has no ${key}: the links that it goes over have`,
      true,
    );
  }
  const carriers = shortest(between, plain, (node) => Object.hasOwn(routers, node));
  if (carriers.length === 0) {
    faults.add(["links", at], `there is no way from ${between.join(" to ")} for a tunnel`);
  }
  const most = Math.min(...carriers.map(({ mtu }) => mtu), MTU) - OUTER;
  const { mtu = most } = entry;
  if (mtu > most && carriers.length > 0) {
    faults.add(
      ["links", at, "mtu"],
      `a tunnel over these links carries ${most} octets at most: its header takes ${OUTER}`,
    );
  }
  const shape = { rate: null, delay: 0, jitter: 0, loss: 0 };
  return { number: at, between, ...shape, mtu, tunnel: true };
}

/** The links on the shortest ways between two nodes. */
function shortest(
  [one, other]: PlannedLink["between"],
  links: readonly PlannedLink[],
  forwards: (node: string) => boolean,
): PlannedLink[] {
  const graph: Neighbours = {
    forwards,
    neighbours: (node) =>
      links.flatMap(({ between: [left, right] }) =>
        left === node ? [{ node: right }] : right === node ? [{ node: left }] : []
      ),
  };
  const from = distancesTo([one], graph);
  const to = distancesTo([other], graph);
  const length = from.get(other);
  return links.filter(({ between: [left, right] }) =>
    [[left, right], [right, left]].some(([near, far]) =>
      (from.get(near!) ?? Infinity) + 1 + (to.get(far!) ?? Infinity) === length
    )
  );
}

/** The interfaces of each node, in the order of its links. */
export function interfacesOf(
  links: readonly PlannedLink[],
  ipv6: boolean,
): Map<string, PlannedInterface[]> {
  const interfaces = new Map<string, PlannedInterface[]>();
  for (const link of links) {
    link.between.forEach((name, end) => {
      const own = interfaces.get(name) ?? [];
      own.push({
        name: `eth${own.length}`,
        index: FIRST_INDEX + link.number * 2 + end,
        link,
        addresses: linkAddresses(link.number, end, ipv6),
      });
      interfaces.set(name, own);
    });
  }
  return interfaces;
}
