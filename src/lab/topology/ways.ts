import type { LabFile } from "../file/lab_file.ts";
import { linkAddresses, type Network, networkOf } from "./addresses.ts";
import type { Faults } from "./faults.ts";
import {
  outerInterface,
  type PlannedInterface,
  type PlannedLink,
  type PlannedRoute,
} from "./network_plan.ts";
import { type Destination, distancesTo, type ForcedWay, type Graph, routesTo } from "./routes.ts";

/** Everywhere. */
const DEFAULTS = [networkOf("0.0.0.0/0"), networkOf("::/0")] as const;

/** The parts of a lab between which packets find their ways. */
export interface Ground {
  readonly lab: LabFile;
  /** Names of all hosts and routers. */
  readonly names: readonly string[];
  readonly links: readonly PlannedLink[];
  readonly interfaces: ReadonlyMap<string, readonly PlannedInterface[]>;
  /** The prefixes that hosts answer at. */
  readonly serves: ReadonlyMap<string, readonly Network[]>;
}

/** The routes of each node: to all prefixes and links, and from hosts to everywhere. */
export function planRoutes(ground: Ground, faults: Faults): Map<string, PlannedRoute[]> {
  const { lab, names, links, interfaces, serves } = ground;
  const graph = graphOf(ground, links);
  checkJoined(ground, graph, faults);
  const ways = forcedWays(ground, graph, faults);
  const routes = new Map<string, PlannedRoute[]>();
  const add = (found: ReadonlyMap<string, PlannedRoute[]>) => {
    for (const [node, more] of found) routes.set(node, [...routes.get(node) ?? [], ...more]);
  };
  for (const [host, networks] of serves) {
    const own = ways.filter(({ nodes }) => nodes.at(-1) === host);
    // With its addresses on links, which would else be found by those links
    const all = own.length === 0 ? networks : [...networks, ...ownNetworks(interfaces.get(host))];
    add(routesTo({ networks: all, at: [host] }, graph, own));
  }
  // What a tunnel sends must not go through it
  const below = graphOf(ground, links.filter(({ tunnel }) => !tunnel));
  const carriers = new Set(
    links.filter(({ tunnel }) => tunnel).flatMap(({ between }) =>
      between.map((name) => outerInterface(interfaces.get(name) ?? [])?.link)
    ),
  );
  for (const link of links) {
    const networks = linkAddresses(link.number, 0, lab.ipv6)
      .map(({ address, bits }) => networkOf(`${address}/${bits}`));
    const destination: Destination = { networks, at: link.between };
    add(routesTo(destination, carriers.has(link) ? below : graph, []));
  }
  for (const name of names) add(new Map([[name, defaults(name, graph)]]));
  return routes;
}

/** The addresses of interfaces, each as a network of its own. */
export function ownNetworks(interfaces: readonly PlannedInterface[] = []): Network[] {
  return interfaces.flatMap(({ addresses }) => addresses.map(({ address }) => networkOf(address)));
}

/** A host sends what it knows no way for to its first router, as one on the Internet does. */
function defaults(name: string, graph: Graph): PlannedRoute[] {
  if (graph.forwards(name)) return [];
  const router = graph.neighbours(name).find(({ node }) => graph.forwards(node));
  if (router === undefined) return [];
  return DEFAULTS.flatMap((to) => {
    const address = router.address(to.family);
    return address === undefined ? [] : [{ to, hops: [{ address, interface: router.interface }] }];
  });
}

/** The nodes, joined by some of the links. */
function graphOf({ lab, names, interfaces }: Ground, links: readonly PlannedLink[]): Graph {
  const neighbours = new Map(names.map((name) => [
    name,
    (interfaces.get(name) ?? []).filter(({ link }) => links.includes(link)).map((own) => {
      const node = own.link.between.find((other) => other !== name)!;
      const theirs = interfaces.get(node)!.find(({ link }) => link === own.link)!;
      return {
        node,
        interface: own.name,
        address: (family: 4 | 6) =>
          theirs.addresses.find((address) => address.family === family)?.address,
      };
    }),
  ]));
  return {
    nodes: names,
    forwards: (node) => Object.hasOwn(lab.routers, node),
    neighbours: (node) => neighbours.get(node) ?? [],
  };
}

/** Every node must be reached from the first host. */
function checkJoined({ lab, names }: Ground, graph: Graph, faults: Faults): void {
  const [first] = Object.keys(lab.hosts);
  if (first === undefined) {
    faults.add(["hosts"], "a lab needs a host");
    return;
  }
  const reached = distancesTo([first], graph);
  for (const name of names) {
    if (reached.has(name)) continue;
    const group = Object.hasOwn(lab.hosts, name) ? "hosts" : "routers";
    faults.add([group, name], `there is no way from ${first} to ${name}`, true);
  }
}

function forcedWays({ lab, names }: Ground, graph: Graph, faults: Faults): ForcedWay[] {
  const next = new Map<string, string>();
  return lab.routes.flatMap(({ from, to, via }, at) => {
    const nodes = [from, ...via, to];
    const path = ["routes", at];
    const before = faults.all.length;
    faults.addUnknown(path, nodes, names);
    for (const name of via) {
      if (names.includes(name) && !graph.forwards(name)) {
        faults.add(path, `${name} is a host, which packets do not go through`);
      }
    }
    if (new Set(nodes).size < nodes.length) {
      faults.add(path, "a way cannot go through the same place twice");
    }
    if (names.includes(to) && !Object.hasOwn(lab.hosts, to)) {
      faults.add(path, `${to} is a router, and a way leads to a host`);
    }
    if (faults.all.length > before) return [];
    nodes.slice(1).forEach((hop, step) => {
      const node = nodes[step]!;
      if (!graph.neighbours(node).some((one) => one.node === hop)) {
        faults.add(path, `there is no link between ${node} and ${hop}`);
      }
      const key = `${node} ${to}`;
      const other = next.get(key) ?? hop;
      if (other !== hop) {
        faults.add(
          path,
          `what is for ${to} goes from ${node} to ${other} already: a router chooses by where a packet goes to, not by where it came from`,
        );
      }
      next.set(key, hop);
    });
    return [{ nodes }];
  });
}
