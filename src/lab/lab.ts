import { Journal } from "../host/journal.ts";
import { restore } from "../host/restore.ts";
import { startDns } from "./dns.ts";
import { block, type MiddleboxName, ruleset } from "./middlebox/registry.ts";
import { searchRules } from "./middlebox/search.ts";
import { startLighttpd } from "./lighttpd.ts";
import { buildNetwork, CLIENT_INTERFACE, type Network, runWithin } from "./network.ts";
import { startNginx } from "./nginx.ts";

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
      runWithin(network.routers.at(-1) ?? "", ["nft", "-f", "-"], ruleset());
      for (
        const [family, command] of [[4, "iptables-restore"], [6, "ip6tables-restore"]] as const
      ) {
        runWithin(network.routers.at(-1) ?? "", [command], searchRules(family));
      }
      startNginx(network.server, journal);
      startLighttpd(network.server, journal);
      startDns(network.server, journal);
      return new Lab(journal, network);
    } catch (error) {
      journal.close();
      throw error;
    }
  }

  /** The client's namespace, in which measurements run. */
  get client(): string {
    return this.#network.client;
  }

  /** The routers' namespaces, from the client on. The middleboxes are on the last one. */
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
