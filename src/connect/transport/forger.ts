import type { Endpoint } from "../../contract/job.ts";
import type { PacketSpec } from "../../contract/packet.ts";
import { addressBytes } from "../../host/address.ts";
import { ERRNO } from "../../host/errno.ts";
import { localPorts } from "../../host/local_ports.ts";
import { RawSocket } from "../../host/raw_socket.ts";
import type { Reactor } from "../../host/reactor.ts";
import { SourceAddress } from "../../host/source_address.ts";
import { PacketBuilder } from "./packet_builder.ts";
import { PortPool } from "../port_pool.ts";
import type { RunPorts } from "../run_ports.ts";

/** Where forged packets leave from. */
export interface ForgerSettings {
  /** Name of the network interface that every packet leaves through; null to leave it to the routes. */
  readonly interface: string | null;
  /** The addresses to send from, by IP version; where one is missing the kernel chooses. */
  readonly sources?: { readonly 4?: string; readonly 6?: string };
  /** The local ports of the run; a choice of its own when missing. */
  readonly ports?: RunPorts;
}

/** What is needed for packets of one family with one firewall mark. */
interface Exit {
  readonly socket: RawSocket;
  /** Those for packets from an address of ours, by which the kernel chooses the route. */
  readonly bySource: Map<string, RawSocket>;
  readonly source: SourceAddress;
  /** The source address that was asked for, if one was. */
  readonly fixed: string | undefined;
}

/** How long an answer of the kernel is used again, in milliseconds. */
const FRESH = 10;

/**
 * Sends packets that were made header by header, on raw sockets. It does not receive: answers must
 * be captured.
 *
 * @example
 * ```ts ignore
 * using forger = new Forger(reactor, { interface: "eth0" });
 * const local = forger.local({ address: "192.0.2.1", port: 80 }, 6);
 * const errno = await forger.send({ ip, transport });
 * ```
 */
export class Forger implements Disposable {
  readonly #reactor: Reactor;
  readonly #settings: ForgerSettings;
  readonly #builder = new PacketBuilder();
  readonly #exits = new Map<string, Exit>();
  #ports: PortPool | null = null;
  #closed = false;
  /** Cache of the kernel's last answer in this turn: the arms of a target ask for the same. */
  #last: { readonly exit: Exit; readonly remote: string; readonly source: string } | null = null;

  constructor(reactor: Reactor, settings: ForgerSettings) {
    this.#reactor = reactor;
    this.#settings = settings;
    reactor.onTurn(() => this.#last = null);
  }

  /**
   * Our side of a new flow: the address that the kernel would send from, and a port that the kernel
   * does not use for connections and no flow to this target had before.
   *
   * @param port the port to use all the same; 0 or missing for a free one
   * @returns a negated error number when there is no route, no port was left to this target
   *   (`EADDRNOTAVAIL`), or this was closed before
   * @throws {Failure} when the kernel leaves no ports, or what was asked for is not on this host
   * @throws {RangeError} when the remote address is no IP address
   */
  local(remote: Endpoint, protocol: number, mark?: number, port = 0): Endpoint | number {
    if (this.#closed) return -ERRNO.ECANCELED;
    const destination = addressBytes(remote.address);
    const exit = this.#exit(destination.length === 4 ? 4 : 6, mark);
    const address = exit.fixed ?? this.#source(exit, remote.address, destination);
    if (typeof address === "number") return address;
    // Over IPv6 a source that the kernel has chosen itself does not count in its look-up
    if (destination.length === 4 || exit.fixed !== undefined) {
      this.#sendFrom(exit, destination.length === 4 ? 4 : 6, mark, address);
    }
    const flow = `${protocol} ${address} ${remote.address} ${remote.port}`;
    this.#ports ??= this.#settings.ports?.pool() ?? new PortPool(localPorts());
    if (port !== 0) {
      this.#ports.use(flow, port);
      return { address, port };
    }
    const free = this.#ports.take(flow);
    return free === null ? -ERRNO.EADDRNOTAVAIL : { address, port: free };
  }

  /**
   * Sends a packet in the reactor's next turn.
   *
   * @returns 0 when the kernel took it, else the error number, such as that of `EMSGSIZE` for one
   *   that is longer than the interface sends, or `ECANCELED` when this was closed before
   * @throws {Failure} at once, naming the field that does not fit
   */
  send(spec: PacketSpec, mark?: number): Promise<number> {
    if (this.#closed) return Promise.resolve(ERRNO.ECANCELED);
    const { octets, version, destination } = this.#builder.build(spec);
    const exit = this.#exit(version, mark);
    const socket = exit.bySource.get(spec.ip.source) ?? exit.socket;
    return new Promise((resolve) => socket.send(octets, destination, resolve));
  }

  /** Drops what waits to be sent. */
  close(): void {
    this.#closed = true;
    for (const { socket, bySource, source } of this.#exits.values()) {
      for (const one of [socket, ...bySource.values()]) one.close();
      source.close();
    }
    this.#exits.clear();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #source(exit: Exit, remote: string, destination: Uint8Array): string | number {
    const last = this.#last;
    if (last !== null && last.exit === exit && last.remote === remote) return last.source;
    const source = exit.source.towards(destination);
    if (typeof source !== "string") return source;
    this.#last = { exit, remote, source };
    this.#reactor.soon(FRESH);
    return source;
  }

  #exit(version: 4 | 6, mark: number | undefined): Exit {
    const key = `${version} ${mark}`;
    let exit = this.#exits.get(key);
    if (exit === undefined) this.#exits.set(key, exit = this.#open(version, mark));
    return exit;
  }

  #open(version: 4 | 6, mark: number | undefined): Exit {
    const { interface: name, sources } = this.#settings;
    const fixed = sources?.[version];
    const socket = new RawSocket(this.#reactor, version, name, mark);
    let source: SourceAddress | undefined;
    try {
      source = new SourceAddress(this.#reactor, version, name, mark);
      if (fixed !== undefined) source.check(fixed);
    } catch (error) {
      source?.close();
      socket.close();
      throw error;
    }
    return { socket, bySource: new Map(), source, fixed };
  }

  /** Opens a socket for packets from an address of ours, if there is none. */
  #sendFrom(exit: Exit, version: 4 | 6, mark: number | undefined, address: string): void {
    if (exit.bySource.has(address)) return;
    const { interface: name } = this.#settings;
    exit.bySource.set(address, new RawSocket(this.#reactor, version, name, mark, address));
  }
}
