import { resolve } from "node:path";
import { Failure } from "../../host/failure.ts";
import type { PluginSettings } from "../../plugin/settings.ts";
import { readSource } from "../../plugin/source.ts";
import { readPrefix } from "../../target/prefix.ts";
import { PREFIX } from "../../host/undo.ts";
import { type NamedMiddlebox, namedMiddlebox, refusedNarrowing } from "../box/named.ts";
import {
  type LabFile,
  labFile,
  type LinkEntry,
  type MiddleboxEntry,
  MOST_NODES,
} from "../file/lab_file.ts";
import {
  type FileFault,
  FileFaults,
  type ReadFile,
  readYaml,
  unknown,
  type ValuePath,
} from "../file/yaml.ts";
import { namedService } from "../service/named.ts";
import { LINK_POOLS, linkAddresses, type Network, networkOf, overlap } from "./addresses.ts";
import {
  type LabPlan,
  outerInterface,
  type PlannedBox,
  type PlannedInterface,
  type PlannedLink,
  type PlannedNode,
  type PlannedRoute,
  type PlannedService,
} from "./network_plan.ts";
import { type Destination, distancesTo, type ForcedWay, type Graph, routesTo } from "./routes.ts";

/** A link that says more than what it joins. */
type LongLink = Extract<LinkEntry, { readonly tunnel: boolean }>;

/** Octets of the longest packet of a link that says nothing else. */
const MTU = 1500;
/** Octets of the header that a tunnel puts before a packet. */
const OUTER = 20;
/** Everywhere. */
const DEFAULTS = [networkOf("0.0.0.0/0"), networkOf("::/0")] as const;
/** The number of the first interface; those that a namespace begins with have small ones. */
const FIRST_INDEX = 10;

/**
 * Plans the lab that a file describes.
 *
 * @param text the file's text
 * @param file its name, for messages
 * @param name the lab's name where the file gives none
 * @throws {FileFaults} with everything that is wrong, each with its place
 */
export async function planLab(
  text: string,
  file: string,
  name: string,
  { called, settings, folder = "." }: PlanOptions = {},
): Promise<LabPlan> {
  const read = readYaml(text, file, labFile);
  const faults = new Faults(read);
  const lab = read.value;
  const plan = await new Planner(lab, called ?? lab.name ?? name, faults, { settings, folder })
    .plan();
  if (faults.all.length > 0) throw new FileFaults(file, faults.all);
  return plan;
}

/** How a lab is planned. */
export interface PlanOptions {
  /** Its name, whatever the file says. */
  readonly called?: string | undefined;
  /** Where plugins are looked for, and which may run; the usual places, and nothing new, when missing. */
  readonly settings?: PluginSettings | undefined;
  /** The folder that paths in the file begin in; the current one when missing. */
  readonly folder?: string;
}

/** What is wrong, as it is found. */
class Faults {
  readonly all: FileFault[] = [];
  readonly #read: ReadFile<unknown>;

  constructor(read: ReadFile<unknown>) {
    this.#read = read;
  }

  add(path: ValuePath, text: string, key = false): void {
    this.all.push({ ...this.#read.at(path, key), text });
  }
}

class Planner {
  readonly #lab: LabFile;
  readonly #name: string;
  readonly #faults: Faults;
  readonly #options: PlanOptions & { readonly folder: string };
  readonly #names: readonly string[];
  readonly #links: readonly PlannedLink[];
  readonly #interfaces = new Map<string, PlannedInterface[]>();

  constructor(
    lab: LabFile,
    name: string,
    faults: Faults,
    options: PlanOptions & { readonly folder: string },
  ) {
    this.#options = options;
    this.#lab = lab;
    this.#name = name;
    this.#faults = faults;
    this.#names = [...Object.keys(lab.hosts), ...Object.keys(lab.routers)];
    this.#checkNames();
    this.#links = lab.links.flatMap((link, at) => this.#link(link, at));
  }

  async plan(): Promise<LabPlan> {
    const serves = new Map(
      Object.entries(this.#lab.hosts).map(([host, { serves }]) => [host, serves.map(networkOf)]),
    );
    this.#checkNetworks(serves);
    const graph = this.#graph(this.#links);
    const routes = this.#routes(serves, graph);
    const nodes: PlannedNode[] = [];
    for (const name of this.#names) {
      const router = Object.hasOwn(this.#lab.routers, name) ? this.#lab.routers[name] : undefined;
      const { sysctls } = router ?? this.#lab.hosts[name]!;
      nodes.push({
        name,
        namespace: `${PREFIX}${this.#name}.${name}`,
        isRouter: router !== undefined,
        serves: serves.get(name) ?? [],
        sysctls: Object.fromEntries(
          Object.entries(sysctls).map(([key, value]) => [key, String(value)]),
        ),
        interfaces: this.#interfaces.get(name) ?? [],
        routes: [...routes.get(name) ?? [], ...this.#defaults(name, graph)],
        boxes: await this.#boxes(name, router?.middleboxes ?? [], serves),
        services: await this.#services(name),
      });
    }
    return { name: this.#name, seed: this.#lab.seed, nodes, links: this.#links };
  }

  #checkNames(): void {
    const { hosts, routers } = this.#lab;
    for (const name of Object.keys(routers)) {
      if (Object.hasOwn(hosts, name)) {
        this.#faults.add(["routers", name], `there is a host ${name} already`, true);
      }
    }
    if (this.#names.length > MOST_NODES) {
      this.#faults.add([], `a lab has at most ${MOST_NODES} hosts and routers`);
    }
  }

  #link(entry: LinkEntry, at: number): PlannedLink[] {
    const { between: [one, other] } = entry;
    const unknownEnds = [one, other].filter((name) => !this.#names.includes(name));
    for (const name of unknownEnds) {
      this.#faults.add(["links", at], unknown("host or router", name, this.#names));
    }
    if (unknownEnds.length > 0) return [];
    if (one === other) {
      this.#faults.add(["links", at], `${one} cannot be joined with itself`);
      return [];
    }
    const { tunnel = false, ...shape } = entry as Partial<LongLink>;
    const { rate = null, delay = 0, jitter = 0, loss = 0, mtu = tunnel ? MTU - OUTER : MTU } =
      shape;
    if (tunnel) this.#checkTunnel(entry, at);
    if (jitter > delay) {
      this.#faults.add(["links", at, "jitter"], `jitter is more than the delay, ${delay} ms`);
    }
    const link = {
      number: at,
      between: [one, other] as const,
      rate,
      delay,
      jitter,
      loss,
      mtu,
      tunnel,
    };
    ([one, other] as const).forEach((name, end) => {
      const own = this.#interfaces.get(name) ?? [];
      own.push({
        name: `eth${own.length}`,
        index: FIRST_INDEX + at * 2 + end,
        link,
        addresses: linkAddresses(at, end, this.#lab.ipv6),
      });
      this.#interfaces.set(name, own);
    });
    return [link];
  }

  #checkTunnel({ between, ...shape }: LinkEntry, at: number): void {
    for (const name of between) {
      if (Object.hasOwn(this.#lab.routers, name)) continue;
      this.#faults.add(["links", at], `${name} is a host, and a tunnel joins two routers`);
    }
    for (const key of ["rate", "delay", "jitter", "loss"]) {
      if (!(key in shape)) continue;
      this.#faults.add(
        ["links", at, key],
        `a tunnel has no ${key}: the links that it goes over have`,
        true,
      );
    }
  }

  #checkNetworks(serves: ReadonlyMap<string, readonly Network[]>): void {
    const known: { network: Network; host: string }[] = [];
    for (const [host, networks] of serves) {
      networks.forEach((network, at) => {
        const path = ["hosts", host, "serves", at];
        if (network.family === 6 && !this.#lab.ipv6) {
          this.#faults.add(path, `${network.text} is of IPv6, which this lab does not have`);
        }
        const pool = LINK_POOLS.find((pool) => overlap(pool, network));
        if (pool !== undefined) {
          this.#faults.add(path, `${network.text} overlaps ${pool.text}, which the links have`);
        }
        const other = known.find((one) => overlap(one.network, network));
        if (other !== undefined) {
          this.#faults.add(
            path,
            `${network.text} overlaps ${other.network.text} of ${other.host}`,
          );
        }
        known.push({ network, host });
      });
    }
  }

  /** A host sends what it knows no way for to its first router, as one on the Internet does. */
  #defaults(name: string, graph: Graph): PlannedRoute[] {
    if (graph.forwards(name)) return [];
    const router = graph.neighbours(name).find(({ node }) => graph.forwards(node));
    if (router === undefined) return [];
    return DEFAULTS.flatMap((to) => {
      const address = router.address(to.family);
      return address === undefined
        ? []
        : [{ to, hops: [{ address, interface: router.interface }] }];
    });
  }

  #routes(
    serves: ReadonlyMap<string, readonly Network[]>,
    graph: Graph,
  ): Map<string, PlannedRoute[]> {
    this.#checkJoined(graph);
    const forced = this.#forced(graph);
    const linksOf = (names: readonly string[]) =>
      this.#links.filter(({ between }) => between.some((name) => names.includes(name)));
    const destinations: (Destination & { readonly host: string | null })[] = [
      ...[...serves].map(([host, networks]) => ({ networks, at: [host], host })),
      ...this.#links.map((link) => ({
        networks: linkAddresses(link.number, 0, this.#lab.ipv6)
          .map(({ address, bits }) => networkOf(`${address}/${bits}`)),
        at: link.between,
        host: null,
      })),
    ];
    const below = this.#graph(this.#links.filter(({ tunnel }) => !tunnel));
    for (const { between, number } of this.#links.filter(({ tunnel }) => tunnel)) {
      if (distancesTo([between[0]], below).has(between[1])) continue;
      this.#faults.add(
        ["links", number],
        `there is no way from ${between.join(" to ")} for a tunnel`,
      );
    }
    const carriers = this.#links.filter(({ tunnel }) => tunnel).flatMap(({ between }) =>
      between.map((name) => outerInterface(this.#interfaces.get(name) ?? [])?.link)
    );
    const routes = new Map<string, PlannedRoute[]>();
    for (const destination of destinations) {
      // What a tunnel sends must not go through it
      const carries = carriers.some((link) =>
        link !== undefined && link.between === destination.at
      );
      const ways = forced.filter(({ nodes }) => {
        const to = nodes.at(-1)!;
        return destination.host === null
          ? linksOf([to]).some(({ between }) => between === destination.at)
          : destination.host === to;
      });
      for (const [node, found] of routesTo(destination, carries ? below : graph, ways)) {
        routes.set(node, [...routes.get(node) ?? [], ...found]);
      }
    }
    return routes;
  }

  /** The nodes, joined by some of the links. */
  #graph(links: readonly PlannedLink[]): Graph {
    const neighbours = new Map(this.#names.map((name) => [
      name,
      (this.#interfaces.get(name) ?? []).filter(({ link }) => links.includes(link)).map((own) => {
        const node = own.link.between.find((other) => other !== name)!;
        const theirs = this.#interfaces.get(node)!.find(({ link }) => link === own.link)!;
        return {
          node,
          interface: own.name,
          address: (family: 4 | 6) =>
            theirs.addresses.find((address) => address.family === family)?.address,
        };
      }),
    ]));
    return {
      nodes: this.#names,
      forwards: (node) => Object.hasOwn(this.#lab.routers, node),
      neighbours: (node) => neighbours.get(node) ?? [],
    };
  }

  /** Every node must be reached from the first host. */
  #checkJoined(graph: Graph): void {
    const [first] = Object.keys(this.#lab.hosts);
    if (first === undefined) {
      this.#faults.add(["hosts"], "a lab needs a host");
      return;
    }
    const reached = distancesTo([first], graph);
    for (const name of this.#names) {
      if (reached.has(name)) continue;
      const group = Object.hasOwn(this.#lab.hosts, name) ? "hosts" : "routers";
      this.#faults.add([group, name], `there is no way from ${first} to ${name}`, true);
    }
  }

  #forced(graph: Graph): ForcedWay[] {
    return this.#lab.routes.flatMap(({ from, to, via }, at) => {
      const nodes = [from, ...via, to];
      const path = ["routes", at];
      const before = this.#faults.all.length;
      for (const name of nodes) {
        if (!this.#names.includes(name)) {
          this.#faults.add(path, unknown("host or router", name, this.#names));
        }
      }
      for (const name of via) {
        if (this.#names.includes(name) && !graph.forwards(name)) {
          this.#faults.add(path, `${name} is a host, which packets do not go through`);
        }
      }
      if (new Set(nodes).size < nodes.length) {
        this.#faults.add(path, "a way cannot go through the same place twice");
      }
      if (this.#faults.all.length > before) return [];
      for (let step = 0; step + 1 < nodes.length; step++) {
        const [one, other] = [nodes[step]!, nodes[step + 1]!];
        if (!graph.neighbours(one).some(({ node }) => node === other)) {
          this.#faults.add(path, `there is no link between ${one} and ${other}`);
        }
      }
      return [{ nodes }];
    });
  }

  async #boxes(
    router: string,
    entries: readonly MiddleboxEntry[],
    serves: ReadonlyMap<string, readonly Network[]>,
  ): Promise<PlannedBox[]> {
    const boxes: PlannedBox[] = [];
    for (const [at, entry] of entries.entries()) {
      const path = ["routers", router, "middleboxes", at];
      const told = typeof entry === "string" ? { middlebox: entry } : entry;
      const found = await this.#named(told);
      if (typeof found === "string") {
        this.#faults.add(path, found);
        continue;
      }
      const refused = refusedNarrowing(found, told);
      if (refused !== undefined) {
        this.#faults.add([...path, refused], `${found.box.name} cannot be told ${refused}`, true);
      }
      const { to, port = null, direction = null, probability = null } = told;
      const networks = to === undefined ? null : this.#behind([to].flat(), [...path, "to"], serves);
      if (direction !== null && networks === null) {
        this.#faults.add(
          [...path, "direction"],
          "a direction needs to: it says what lies behind the middlebox",
        );
      }
      boxes.push({ ...found, to: networks, port, direction, probability });
    }
    return boxes;
  }

  async #services(host: string): Promise<PlannedService[]> {
    const { settings } = this.#options;
    const services: PlannedService[] = [];
    const taken = new Map<string, string>();
    for (const [at, entry] of (this.#lab.hosts[host]?.services ?? []).entries()) {
      const path = ["hosts", host, "services", at];
      const found = await loaded(() => namedService(entry, settings, (one) => this.#resolved(one)));
      if (typeof found === "string") {
        this.#faults.add(path, found);
        continue;
      }
      for (const { transport, port } of found.ports) {
        const key = `${transport} ${port}`;
        const other = taken.get(key);
        if (other !== undefined) {
          this.#faults.add(path, `${other} has port ${port} of ${transport} already`);
        }
        taken.set(key, found.service.name);
      }
      services.push(found);
    }
    return services;
  }

  /** A path of a plugin, from the folder of the file on; other words as they are. */
  #resolved(word: string): string {
    return readSource(word).kind === "path" ? resolve(this.#options.folder, word) : word;
  }

  /** A middlebox that cannot be loaded is a fault of its place in the file, too. */
  async #named(
    { middlebox, value }: {
      readonly middlebox: string;
      readonly value?: string | number | undefined;
    },
  ): Promise<NamedMiddlebox | string> {
    const { settings } = this.#options;
    return await loaded(() =>
      namedMiddlebox(middlebox, settings, value, (path) => this.#resolved(path))
    );
  }

  /** The networks that hosts and prefixes stand for. */
  #behind(
    words: readonly string[],
    path: ValuePath,
    serves: ReadonlyMap<string, readonly Network[]>,
  ): Network[] {
    return words.flatMap((word) => {
      const host = serves.get(word);
      if (host !== undefined) {
        const own = (this.#interfaces.get(word) ?? []).flatMap(({ addresses }) =>
          addresses.map(({ address }) => networkOf(address))
        );
        return [...host, ...own];
      }
      const prefix = readPrefix(word);
      if (typeof prefix !== "string") return [networkOf(word)];
      this.#faults.add(path, `${word} is neither a host nor a prefix`);
      return [];
    });
  }
}

/** What a function gives; of a plugin that cannot be loaded, why. */
async function loaded<T>(load: () => Promise<T>): Promise<T | string> {
  try {
    return await load();
  } catch (error) {
    if (error instanceof Failure) return error.message;
    throw error;
  }
}
