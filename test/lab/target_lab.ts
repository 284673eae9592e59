import { openNamespace, within } from "../../src/host/enter_namespace.ts";
import { libc } from "../../src/host/libc.ts";
import { run } from "../../src/host/run.ts";
import { queueRules } from "../../src/lab/box/queues.ts";
import { type Hook, ruleset } from "../../src/lab/box/ruleset.ts";
import { linkAddresses } from "../../src/lab/topology/addresses.ts";
import { runWithin } from "../../src/lab/topology/build.ts";
import type { InProcessOptions } from "../in_process.ts";
import type { ProgramRun } from "../spider.ts";
import { blocksOf, entryOf, type TargetBox } from "./boxes.ts";
import { lose, silence, translate } from "./hardships.ts";
import { TestLab } from "./live.ts";
import { targetNames } from "./target_names.ts";
import { targetBlock, TARGETS } from "./targets.ts";

/** How to build a lab. */
export interface TargetLabOptions {
  /** How many routers lie between client and server; 1 when missing. */
  readonly routers?: number;
  /** The middleboxes, each before targets of its own. */
  readonly boxes?: readonly TargetBox[];
  /** The number of the router that has them, from 1; the last one when missing. */
  readonly at?: number;
  /** Where on it they meet packets: behind the place where a packet's time to live may end, or before. */
  readonly hook?: Hook;
  /** What runs on the server; nginx when missing. */
  readonly services?: readonly ("nginx" | "unbound")[];
}

/** A host that is not made for measurements tells of closed ports at a limited rate, as most do. */
const ORDINARY = { "net.ipv4.icmp_ratemask": 6168, "net.ipv6.icmp.ratelimit": 1000 } as const;

/** Interfaces of a router: it was joined with what is nearer to the client first. */
export const NEAR = "eth0";
export const AWAY = "eth1";

/** An address on a link, by its number from the client on; side 1 is the client's end. */
export function linkAddress(family: 4 | 6, link: number, side: 1 | 2): string {
  return linkAddresses(link, side - 1, true).find((one) => one.family === family)!.address;
}

/**
 * A client, routers in a row, and a server that answers at every target address. One of the routers has
 * middleboxes, each with targets of its own behind it, and the most targets are behind none. Needs root.
 *
 * @example
 * ```ts ignore
 * await using lab = await TargetLab.open({ boxes: ["ecn-drop-syn"] });
 * const [target] = lab.addresses("ecn-drop-syn", 4, 1);
 * run("ip", ["netns", "exec", lab.client, "curl", `http://${target}/`]);
 * ```
 */
export class TargetLab implements AsyncDisposable {
  readonly #test: TestLab;
  readonly #blocks: ReadonlyMap<string, number>;
  /** The client's namespace, in which measurements run. */
  readonly client: string;
  /** The routers' namespaces, from the client on. */
  readonly routers: readonly string[];
  /** The server's namespace. */
  readonly server: string;
  /** The client's interface, which leads to every target. */
  readonly interface = "eth0";

  private constructor(test: TestLab, blocks: ReadonlyMap<string, number>) {
    const namespace = (name: string) => test.lab.node(name).namespace;
    this.#test = test;
    this.#blocks = blocks;
    this.client = namespace("client");
    this.server = namespace("server");
    this.routers = test.lab.plan.nodes.filter(({ isRouter }) => isRouter)
      .map((node) => node.namespace);
  }

  /**
   * Builds one, and waits until its server answers.
   *
   * @throws {Failure} when it cannot be built; nothing of it is left then
   */
  static async open(
    { routers = 1, boxes = [], at = routers, hook = "forward", services = ["nginx"] }:
      TargetLabOptions = {},
  ): Promise<TargetLab> {
    const blocks = blocksOf(boxes);
    const names = Array.from({ length: routers }, (_, index) => `router${index + 1}`);
    const row = ["client", ...names, "server"];
    const test = await TestLab.open(JSON.stringify({
      hosts: {
        client: { sysctls: ORDINARY },
        server: {
          serves: Object.values(TARGETS),
          services: services.map((service) =>
            service === "nginx" ? service : {
              service,
              options: { record: targetNames(blocks), refuse: ["refused.example"] },
            }
          ),
        },
      },
      routers: Object.fromEntries(names.map((name, index) => [
        name,
        index + 1 === at ? { middleboxes: boxes.map((box) => entryOf(box, blocks)) } : {},
      ])),
      links: names.concat("server").map((name, link) => [row[link], name]),
    }));
    const lab = new TargetLab(test, blocks);
    try {
      lab.#becomeOrdinary();
      if (hook !== "forward") lab.#moveTo(hook, `router${at}`);
      return lab;
    } catch (error) {
      await lab.close();
      throw error;
    }
  }

  /**
   * Targets behind a middlebox, the same ones each time.
   *
   * @throws {RangeError} when there are not that many
   */
  addresses(box: string, family: 4 | 6, count: number): string[] {
    const number = this.#blocks.get(box);
    if (number === undefined) throw new RangeError(`the lab has no middlebox ${box}`);
    const { size, at } = targetBlock(number, family);
    if (count > size) {
      throw new RangeError(`there are ${size} IPv${family} targets behind ${box}, not ${count}`);
    }
    return Array.from({ length: count }, (_, index) => at(index));
  }

  /** Where files of what runs on the server are. */
  get servicesFolder(): string | null {
    return this.#test.lab.servicesFolder;
  }

  /** Makes a router, by its number from 1, send no time exceeded messages. */
  silence(router: number): void {
    silence(this.#router(router));
  }

  /** Makes a router drop one in a number of packets at random, in both directions. */
  lose(router: number, oneOf: number): void {
    lose(this.#router(router), oneOf);
  }

  /**
   * Lets a router, not the first, translate the client's address to one of its own.
   *
   * @param tracked translate what ICMP errors quote, too, as connection tracking does
   */
  translate(router: number, tracked: boolean): void {
    translate(
      this.#router(router),
      AWAY,
      tracked,
      ([[4, "ip"], [6, "ip6"]] as const).map(([family, ip]) => ({
        ip,
        from: linkAddress(family, 0, 1),
        to: linkAddress(family, router, 1),
      })),
    );
  }

  /** The command line that runs a command in the client's namespace. */
  exec(command: readonly string[]): [string, ...string[]] {
    return ["ip", "netns", "exec", this.client, ...command];
  }

  /**
   * Calls with this thread in the client's namespace, which takes no other process, as `exec` does.
   * The call must be synchronous; `/proc/thread-self/net` is what `/proc/net` is elsewhere.
   */
  inside<T>(call: () => T): T {
    const namespace = openNamespace(`/run/netns/${this.client}`);
    try {
      return within(namespace, call);
    } finally {
      libc.close(namespace);
    }
  }

  /** Runs the program to its end in the client's namespace, without a process of its own. */
  spider(args: readonly string[], options: InProcessOptions = {}): Promise<ProgramRun> {
    return this.#test.spider("client", args, options);
  }

  /**
   * Ends everything that runs in the lab, and removes it.
   *
   * @throws {Error} when something in it was not in order
   */
  async close(): Promise<void> {
    await this.#test[Symbol.asyncDispose]();
    const { faults } = this.#test;
    if (faults.length > 0) throw new Error(faults.join(" "));
  }

  /** The same without waiting for anything: for a signal's handler. */
  closeAtOnce(): void {
    this.#test.lab.closeAtOnce();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /**
   * As most hosts, the client knows the way to its router alone; and nobody tells it of addresses that
   * nobody has.
   */
  #becomeOrdinary(): void {
    const known = this.#test.lab.node("client").routes.filter(({ to }) => to.bits > 0);
    batch(this.client, known.map(({ to }) => `route del ${to.text}`));
    batch(this.#router(1), ["0.0.0.0/0", "::/0"].map((all) => `route add blackhole ${all}`));
  }

  /** Puts the middleboxes of a router to another place on it. */
  #moveTo(hook: Hook, router: string): void {
    const node = this.#test.lab.node(router);
    // With what leads packets to the program, which iptables has put there
    runWithin(node.namespace, ["nft", "-f", "-"], `flush ruleset\n${ruleset(node.boxes, hook)}`);
    for (const [family, command] of [[4, "iptables-restore"], [6, "ip6tables-restore"]] as const) {
      const queues = queueRules(node, family).replaceAll("-A FORWARD", "-A PREROUTING");
      if (queues !== "") runWithin(node.namespace, [command], queues);
    }
  }

  #router(number: number): string {
    const router = this.routers[number - 1];
    if (router !== undefined) return router;
    throw new RangeError(`there are ${this.routers.length} routers, and no router ${number}`);
  }
}

function batch(namespace: string, lines: readonly string[]): void {
  run("ip", ["-n", namespace, "-batch", "-"], lines.join("\n"));
}
