import type { Connection } from "../contract/connection.ts";
import { wallClock } from "../host/clock.ts";
import { type Deadline, Deadlines } from "../host/deadlines.ts";
import { ERRNO } from "../host/errno.ts";
import type { Reactor } from "../host/reactor.ts";
import { closeSocket, resetOnClose } from "../host/socket.ts";
import { Attempt, type DialRequest, type Owner } from "./attempt.ts";
import { begin } from "./begin.ts";
import type { SocketSettings } from "./socket_settings.ts";
import type { Exchange, Session } from "./exchange.ts";
import { record } from "./record.ts";
import { IPPROTO_TCP } from "../host/ip_protocol.ts";

export type { DialRequest } from "./attempt.ts";

interface Pending {
  readonly resolve: (connection: Connection) => void;
  readonly reject: (error: unknown) => void;
  readonly deadline: Deadline;
}

/** Makes TCP connections, thousands at once, on one reactor. */
export class Dialer implements Disposable {
  readonly #reactor: Reactor;
  readonly #settings: SocketSettings;
  readonly #deadlines = new Deadlines();
  readonly #pending = new Map<Attempt, Pending>();
  readonly #owner: Owner = {
    ended: (attempt, connection) => this.#release(attempt).resolve(connection),
    broke: (attempt, error) => this.#release(attempt).reject(error),
  };
  #closed = false;

  constructor(reactor: Reactor, settings: SocketSettings) {
    this.#reactor = reactor;
    this.#settings = settings;
    reactor.onTurn(() => this.#deadlines.expire(reactor.now));
  }

  /** How many connections are under way. */
  get inFlight(): number {
    return this.#pending.size;
  }

  /**
   * Connects, runs the exchange or session if there is one, and closes. Whatever the network does is data: the
   * promise rejects only for local trouble.
   *
   * @throws {Failure} when this host cannot make connections: no privilege, interface or descriptor.
   * @throws {RangeError} when the remote address is no IP address.
   */
  connect(request: DialRequest, exchange?: Exchange | Session): Promise<Connection> {
    return new Promise((resolve, reject) => this.#start(request, exchange, resolve, reject));
  }

  /** Ends what is under way (state discard, errno ECANCELED) and takes no more. */
  close(): void {
    this.#closed = true;
    for (const attempt of [...this.#pending.keys()]) attempt.end(ERRNO.ECANCELED);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #start(
    request: DialRequest,
    exchange: Exchange | Session | undefined,
    resolve: Pending["resolve"],
    reject: Pending["reject"],
  ): void {
    if (this.#closed) throw new Error("the dialer is closed");
    const { remote } = request;
    const start = wallClock();
    const early =
      request.socket.fastOpen === "data" && exchange !== undefined && "request" in exchange
        ? exchange.request()
        : undefined;
    const begun = begin(IPPROTO_TCP, remote, request.socket, this.#settings, early);
    if (typeof begun === "number") {
      resolve(record(IPPROTO_TCP, remote, null, start, -begun, exchange?.fields()));
      return;
    }
    const { fd, local, sent } = begun;
    let attempt: Attempt;
    try {
      if (request.reset) resetOnClose(fd);
      request.onLocal?.(local, IPPROTO_TCP);
      attempt = new Attempt(fd, remote, local, start, this.#reactor, exchange, this.#owner);
      if (early !== undefined) attempt.began(early, sent);
    } catch (error) {
      closeSocket(fd);
      throw error;
    }
    const deadline = this.#deadlines.set(
      request.timeoutMs,
      this.#reactor.now,
      () => attempt.expire(),
    );
    this.#pending.set(attempt, { resolve, reject, deadline });
  }

  #release(attempt: Attempt): Pending {
    const pending = this.#pending.get(attempt)!;
    this.#pending.delete(attempt);
    this.#deadlines.cancel(pending.deadline);
    return pending;
  }
}
