import { Journal } from "../host/journal.ts";
import { restore } from "../host/restore.ts";
import { startDns } from "./dns.ts";
import { block, type MiddleboxName, ruleset, TABLE } from "./middlebox/registry.ts";
import { searchRules } from "./middlebox/search.ts";
import { startLighttpd } from "./lighttpd.ts";
import { buildNetwork, CLIENT_INTERFACE, linkAddress, type Network, runWithin } from "./network.ts";
import { startNginx } from "./nginx.ts";
import { type Hook, lose, silence, translate } from "./router.ts";

/** How to build a lab. */
export interface LabOptions {
  /** How many routers lie between client and server; 1 when missing. */
  readonly routers?: number;
}

/**
 * A network of its own on this machine, on the real kernel: client, routers with middleboxes, and a
 * server that answers HTTP, HTTPS and DNS at every target address. Needs root.
 *
 * Its building and its end are synchronous: call `close()` in a signal handler.
 *
 * @example
 * ```ts ignore
 * using lab = Lab.open();
 * const [target] = lab.addresses("drop-ecn-syn", 4, 1);
 * run("ip", ["netns", "exec", lab.client, "curl", `http://${target}/`]);
 * ```
 */
export class Lab implements Disposable {
  readonly #journal: Journal;
  readonly #network: Network;
  /** The router that has the middleboxes. */
  #place: string | null = null;
  /** The client's interface, which leads to every target. */
  readonly interface = CLIENT_INTERFACE;

  private constructor(journal: Journal, network: Network) {
    this.#journal = journal;
    this.#network = network;
  }

  /**
   * Removes what labs that were killed have left, and builds a new one.
   *
   * @throws {Failure} when it cannot be built; nothing of it is left then
   */
  static open({ routers = 1 }: LabOptions = {}): Lab {
    if (!Number.isInteger(routers) || routers < 1 || routers > 250) {
      throw new RangeError(`a lab has 1 to 250 routers, not ${routers}`);
    }
    restore();
    const journal = Journal.open();
    try {
      const network = buildNetwork(routers, journal);
      for (
        const [family, command] of [[4, "iptables-restore"], [6, "ip6tables-restore"]] as const
      ) {
        runWithin(network.routers.at(-1) ?? "", [command], searchRules(family));
      }
      startNginx(network.server, journal);
      startLighttpd(network.server, journal);
      startDns(network.server, journal);
      const lab = new Lab(journal, network);
      lab.placeMiddleboxes(routers, "forward");
      return lab;
    } catch (error) {
      journal.close();
      throw error;
    }
  }

  /** The client's namespace, in which measurements run. */
  get client(): string {
    return this.#network.client;
  }

  /** The routers' namespaces, from the client on. At first the middleboxes are on the last one. */
  get routers(): readonly string[] {
    return this.#network.routers;
  }

  /** The server's namespace. */
  get server(): string {
    return this.#network.server;
  }

  /**
   * Targets behind a kind of middlebox, the same ones each time.
   *
   * @throws {RangeError} when there are not that many
   */
  addresses(kind: MiddleboxName, family: 4 | 6, count: number): string[] {
    const { size, at } = block(kind, family);
    if (count > size) {
      throw new RangeError(`there are ${size} IPv${family} targets behind ${kind}, not ${count}`);
    }
    return Array.from({ length: count }, (_, index) => at(index));
  }

  /**
   * Puts the middleboxes on one router, in place of where they were; those that search what packets
   * hold stay on the last one.
   *
   * @param router its number, from 1
   */
  placeMiddleboxes(router: number, hook: Hook): void {
    if (this.#place !== null) runWithin(this.#place, ["nft", "delete", "table", "inet", TABLE]);
    this.#place = this.#router(router);
    runWithin(this.#place, ["nft", "-f", "-"], ruleset(hook));
  }

  /** Makes a router send no time exceeded messages. */
  silence(router: number): void {
    silence(this.#router(router));
  }

  /**
   * Lets a router, not the first, translate the client's address to one of its own.
   *
   * @param tracked translate what ICMP errors quote, too, as connection tracking does
   */
  translate(router: number, tracked: boolean): void {
    translate(
      this.#router(router),
      tracked,
      ([[4, "ip"], [6, "ip6"]] as const).map(([family, ip]) => ({
        ip,
        from: linkAddress(family, 0, 1),
        to: linkAddress(family, router, 1),
      })),
    );
  }

  /** Makes a router drop one in a number of packets at random, in both directions. */
  lose(router: number, oneOf: number): void {
    lose(this.#router(router), oneOf);
  }

  #router(number: number): string {
    const router = this.routers[number - 1];
    if (router !== undefined) return router;
    throw new RangeError(`there are ${this.routers.length} routers, and no router ${number}`);
  }

  /** The command line that runs a command in the client's namespace. */
  exec(command: readonly string[]): [string, ...string[]] {
    return ["ip", "netns", "exec", this.client, ...command];
  }

  /** Ends everything that runs in the lab, and removes it. Closing it again does nothing. */
  close(): void {
    this.#journal.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
