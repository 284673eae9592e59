import type { PlannedRoute } from "./network_plan.ts";
import type { Network } from "./addresses.ts";

/** What is next to what. */
export interface Neighbours {
  /** Whether packets of others go through a node. */
  forwards(node: string): boolean;
  /** A node's neighbours, one for each link. */
  neighbours(node: string): readonly { readonly node: string }[];
}

/** What the ways through a lab depend on. */
export interface Graph extends Neighbours {
  /** Names of all nodes. */
  readonly nodes: readonly string[];
  /** A node's neighbours, one for each link, with the interface and the neighbour's address there. */
  neighbours(node: string): readonly Neighbour[];
}

/** The other end of a link of a node's. */
export interface Neighbour {
  readonly node: string;
  readonly interface: string;
  address(family: 4 | 6): string | undefined;
}

/** Somewhere that packets go: networks, and the nodes where they are at once. */
export interface Destination {
  readonly networks: readonly Network[];
  readonly at: readonly string[];
}

/** A way that is taken in place of the shortest. */
export interface ForcedWay {
  /** The first node, those on the way, and the host that it leads to. */
  readonly nodes: readonly string[];
}

/**
 * The routes of a node to a destination: all shortest ways, or the forced one where the node is on it.
 * None where there is no way, or the node is there.
 */
export function routesTo(
  destination: Destination,
  graph: Graph,
  forced: readonly ForcedWay[],
): Map<string, PlannedRoute[]> {
  const distances = distancesTo(destination.at, graph);
  const routes = new Map<string, PlannedRoute[]>();
  for (const node of graph.nodes) {
    const distance = distances.get(node);
    if (distance === undefined || distance === 0) continue;
    const next = forced.map(({ nodes }) => nodes[nodes.indexOf(node) + 1])
      .find((name, at) => name !== undefined && forced[at]!.nodes.includes(node));
    const neighbours = graph.neighbours(node);
    const hops = next === undefined
      ? neighbours.filter((one) => leads(one.node, distances, distance, destination, graph))
      : neighbours.filter((one) => one.node === next);
    for (const to of destination.networks) {
      const ways = hops.flatMap((hop) => {
        const address = hop.address(to.family);
        return address === undefined ? [] : [{ address, interface: hop.interface }];
      });
      if (ways.length > 0) routes.set(node, [...routes.get(node) ?? [], { to, hops: ways }]);
    }
  }
  return routes;
}

/** Whether a neighbour is one step nearer, and is there or forwards. */
function leads(
  node: string,
  distances: ReadonlyMap<string, number>,
  distance: number,
  { at }: Destination,
  graph: Graph,
): boolean {
  return distances.get(node) === distance - 1 && (at.includes(node) || graph.forwards(node));
}

/** How many links each node is away, over nodes that forward. */
export function distancesTo(at: readonly string[], graph: Neighbours): Map<string, number> {
  const distances = new Map(at.map((node) => [node, 0]));
  for (let edge = [...at], distance = 1; edge.length > 0; distance++) {
    const next: string[] = [];
    for (const node of edge) {
      if (!at.includes(node) && !graph.forwards(node)) continue;
      for (const { node: neighbour } of graph.neighbours(node)) {
        if (distances.has(neighbour)) continue;
        distances.set(neighbour, distance);
        next.push(neighbour);
      }
    }
    edge = next;
  }
  return distances;
}
