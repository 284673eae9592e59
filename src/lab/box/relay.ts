import { onlyWaits } from "../../connect/outcome.ts";
import { addressBytes, AF_INET, AF_INET6, encodeSockaddr } from "../../host/address.ts";
import { within } from "../../host/enter_namespace.ts";
import { ERRNO } from "../../host/errno.ts";
import { IPPROTO_TCP } from "../../host/ip_protocol.ts";
import { libc } from "../../host/libc.ts";
import { acceptSocket, openListener, originalDestination } from "../../host/listener.ts";
import { type Reactor, READY } from "../../host/reactor.ts";
import {
  closeSocket,
  openSocket,
  receiveSome,
  resetOnClose,
  sendSome,
  startConnect,
  takeError,
} from "../../host/socket.ts";

/** Connections that are taken in one turn. */
const MOST_TAKEN = 64;
/** Connections that are relayed at once; more are refused. */
const MOST_PAIRS = 4096;
const SHUT_WR = 1;

/** What is read is sent on at once, as far as the other side takes it; all connections share this. */
const piece = new Uint8Array(64 * 1024);

/**
 * Takes the connections that a router's rules have redirected to a port, and connects on to where they
 * were going, with sockets of its own: two connections in place of one.
 */
export class Relay implements Disposable {
  readonly #reactor: Reactor;
  readonly #namespace: number;
  readonly #listeners: number[] = [];
  readonly #pairs = new Set<Pair>();

  /**
   * @param namespace a descriptor of the router's network namespace
   * @throws {Failure} when the port cannot be had
   */
  constructor(reactor: Reactor, namespace: number, port: number) {
    this.#reactor = reactor;
    this.#namespace = namespace;
    for (const family of [4, 6] as const) {
      const fd = within(namespace, () => openListener(family, port));
      this.#listeners.push(fd);
      reactor.add(fd, READY.read, () => this.#accept(fd, family));
    }
  }

  [Symbol.dispose](): void {
    for (const fd of this.#listeners.splice(0)) {
      this.#reactor.remove(fd);
      closeSocket(fd);
    }
    for (const pair of this.#pairs) pair.end();
  }

  #accept(listener: number, family: 4 | 6): void {
    for (let taken = 0; taken < MOST_TAKEN; taken++) {
      const client = acceptSocket(listener);
      if (client < 0) return;
      const to = this.#pairs.size < MOST_PAIRS ? originalDestination(client, family) : null;
      const af = family === 4 ? AF_INET : AF_INET6;
      const server = to === null ? -1 : within(this.#namespace, () => openSocket(IPPROTO_TCP, af));
      if (to === null || server < 0) {
        resetOnClose(client);
        closeSocket(client);
        continue;
      }
      const begun = startConnect(server, encodeSockaddr(addressBytes(to.address), to.port));
      const pair = new Pair(this.#reactor, client, server, () => this.#pairs.delete(pair));
      this.#pairs.add(pair);
      if (begun < 0 && begun !== -ERRNO.EINPROGRESS) pair.end();
    }
  }
}

/** One of the two sockets of a relayed connection. */
interface Side {
  readonly fd: number;
  /** What the other side has sent and this one has not taken yet. */
  pending: Uint8Array<ArrayBuffer> | null;
  /** Nothing more comes from it. */
  ended: boolean;
  /** The other one has ended, and this one was told. */
  shut: boolean;
}

/** A connection that is relayed. */
class Pair {
  readonly #reactor: Reactor;
  readonly #client: Side;
  readonly #server: Side;
  readonly #gone: () => void;
  #connected = false;
  #over = false;

  constructor(reactor: Reactor, client: number, server: number, gone: () => void) {
    const side = (fd: number): Side => ({ fd, pending: null, ended: false, shut: false });
    this.#reactor = reactor;
    this.#client = side(client);
    this.#server = side(server);
    this.#gone = gone;
    reactor.add(client, 0, (events) => this.#ready(this.#client, this.#server, events));
    reactor.add(server, READY.write, (events) => this.#ready(this.#server, this.#client, events));
  }

  /** Closes both; a connection that is cut is reset on both sides. */
  end(): void {
    if (this.#over) return;
    this.#over = true;
    for (const { fd, ended, shut } of [this.#client, this.#server]) {
      if (!ended || !shut) resetOnClose(fd);
      this.#reactor.removeClosing(fd);
      closeSocket(fd);
    }
    this.#gone();
  }

  #ready(side: Side, other: Side, events: number): void {
    if (this.#over) return;
    if (!this.#connected) {
      if (side !== this.#server || takeError(side.fd) !== 0) return this.end();
      this.#connected = true;
    } else if (events & READY.error) return this.end();
    if (side.pending !== null && !this.#give(side, side.pending)) return;
    if (!side.ended && other.pending === null && !this.#take(side, other)) return;
    if (this.#client.ended && this.#server.ended && this.#client.shut && this.#server.shut) {
      return this.end();
    }
    this.#watch();
  }

  /** Reads what is there and hands it to the other side; false when the connection is over. */
  #take(side: Side, other: Side): boolean {
    const count = receiveSome(side.fd, piece);
    if (count === 0) {
      side.ended = true;
      this.#shut(other);
      return true;
    }
    if (count < 0) return onlyWaits(count) || this.#cut();
    return this.#give(other, piece.subarray(0, count));
  }

  /** Sends what the socket takes, and keeps the rest; false when the connection is over. */
  #give(side: Side, data: Uint8Array<ArrayBuffer>): boolean {
    const sent = sendSome(side.fd, data);
    if (sent < 0 && !onlyWaits(sent)) return this.#cut();
    const rest = data.subarray(Math.max(0, sent));
    side.pending = rest.length === 0 ? null : rest.slice();
    const from = side === this.#client ? this.#server : this.#client;
    if (from.ended) this.#shut(side);
    return true;
  }

  #shut(side: Side): void {
    if (side.shut || side.pending !== null) return;
    side.shut = true;
    libc.shutdown(side.fd, SHUT_WR);
  }

  #cut(): false {
    this.end();
    return false;
  }

  #watch(): void {
    for (
      const [side, other] of [[this.#client, this.#server], [this.#server, this.#client]] as const
    ) {
      const reads = !side.ended && other.pending === null ? READY.read : 0;
      this.#reactor.modify(side.fd, reads | (side.pending === null ? 0 : READY.write));
    }
  }
}
