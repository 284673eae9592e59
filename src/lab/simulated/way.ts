import { addressBytes } from "../../host/address.ts";
import { Failure } from "../../host/failure.ts";
import { holds, networkOf } from "../topology/addresses.ts";
import type { LabPlan, PlannedLink, PlannedNode } from "../topology/network_plan.ts";

/** Octets of the longest packet that every simulated link carries. */
const MTU = 1500;

/** The way from one host to another, and back by the same routers. */
export interface Way {
  readonly routers: readonly PlannedNode[];
  readonly links: readonly PlannedLink[];
}

/**
 * The way of packets from a host to an address.
 *
 * @throws {Failure} when there are several, or packets come back by another one, or something of it takes
 *   a kernel
 */
export function wayTo(plan: LabPlan, from: string, address: string): Way {
  const there = follow(plan, from, address);
  const family = addressBytes(address).length === 4 ? 4 : 6;
  const source = sourceOf(plan, from, family);
  const back = follow(plan, there.at(-1)!.name, source);
  const names = there.map(({ name }) => name);
  if (names.join(" ") !== back.map(({ name }) => name).reverse().join(" ")) {
    throw new Failure(`packets to ${address} and back go different ways: take netns`);
  }
  const links = there.slice(1).map((node, at) => linkBetween(plan, names[at]!, node.name));
  for (const { between, rate, jitter, mtu, tunnel } of links) {
    const what = tunnel
      ? "is a tunnel"
      : rate !== null
      ? "has a rate"
      : jitter > 0
      ? "has a jitter"
      : mtu < MTU
      ? `carries less than ${MTU} octets`
      : null;
    if (what !== null) throw new Failure(`the link ${between.join(" - ")} ${what}: take netns`);
  }
  return { routers: there.slice(1, -1), links };
}

/** The address of a host on its first link, of an IP version. */
export function sourceOf({ nodes }: LabPlan, host: string, family: 4 | 6): string {
  const addresses = nodes.find(({ name }) => name === host)?.interfaces[0]?.addresses ?? [];
  return addresses.find((one) => one.family === family)?.address ??
    (family === 4 ? "0.0.0.0" : "::");
}

/** The nodes on the way, both ends included. */
function follow({ nodes }: LabPlan, from: string, address: string): PlannedNode[] {
  const meant = networkOf(address);
  const isAt = (node: PlannedNode) =>
    node.serves.some((network) => holds(network, meant)) || has(node, address);
  const way = [nodes.find(({ name }) => name === from)!];
  while (!isAt(way.at(-1)!)) {
    const here = way.at(-1)!;
    const next = nodes.find((node) => has(node, hopTo(here, nodes, address)));
    if (next === undefined || way.includes(next)) throw new Failure(`no way ends at ${address}`);
    way.push(next);
  }
  return way;
}

/** Where a node sends what is for an address: there itself, over a link of its own, or to a router. */
function hopTo(
  { name, interfaces, routes }: PlannedNode,
  nodes: readonly PlannedNode[],
  address: string,
): string {
  const neighbours = interfaces.flatMap(({ link }) => link.between);
  const isNear = nodes.some((node) =>
    node.name !== name && neighbours.includes(node.name) && has(node, address)
  );
  if (isNear) return address;
  const meant = networkOf(address);
  const [best] = routes.filter(({ to }) => holds(to, meant))
    .toSorted((one, other) => other.to.bits - one.to.bits);
  if (best === undefined) throw new Failure(`there is no way to ${address}`);
  if (best.hops.length > 1) throw new Failure(`there are several ways to ${address}: take netns`);
  return best.hops[0]!.address;
}

function has({ interfaces }: PlannedNode, address: string): boolean {
  return interfaces.some(({ addresses }) => addresses.some((one) => one.address === address));
}

function linkBetween({ links }: LabPlan, one: string, other: string): PlannedLink {
  return links.find(({ between }) => between.includes(one) && between.includes(other))!;
}
