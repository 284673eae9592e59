import type { Connection, SocketOptions } from "../contract/connection.ts";
import { addressBytes, AF_INET, AF_INET6, encodeSockaddr } from "../host/address.ts";
import { wallClock } from "../host/clock.ts";
import { ERRNO } from "../host/errno.ts";
import { Failure } from "../host/failure.ts";
import type { Reactor } from "../host/reactor.ts";
import { closeSocket, localEndpoint, openTcp, startConnect } from "../host/socket.ts";
import { Attempt, type DialRequest, IPPROTO_TCP, type Owner, record } from "./attempt.ts";
import { type Deadline, Deadlines } from "../host/deadlines.ts";
import type { Exchange } from "./exchange.ts";
import { checkResources, setUp } from "./socket_setup.ts";

export type { DialRequest } from "./attempt.ts";

/** What is the same for all connections of a dialer. */
export interface DialerSettings {
  /** Name of the network interface that every connection leaves through. */
  readonly interface: string;
  /** The firewall mark whose route asks for ECN; called when an arm first needs it and after. */
  ecnMark(family: 4 | 6): number;
}

/**
 * What connect(2) says when nothing was begun. Any other error number, `EINPROGRESS` or one of
 * somebody else (see `lastErrno`), means that it was: epoll will tell what came of it.
 */
const REFUSALS: ReadonlySet<number> = new Set([
  ERRNO.EPERM,
  ERRNO.ENOMEM,
  ERRNO.EACCES,
  ERRNO.ENODEV,
  ERRNO.EINVAL,
  ERRNO.EAFNOSUPPORT,
  ERRNO.EADDRINUSE,
  ERRNO.EADDRNOTAVAIL,
  ERRNO.ENETDOWN,
  ERRNO.ENETUNREACH,
  ERRNO.ENOBUFS,
  ERRNO.ECONNREFUSED,
  ERRNO.EHOSTUNREACH,
]);

interface Pending {
  readonly resolve: (connection: Connection) => void;
  readonly reject: (error: unknown) => void;
  readonly deadline: Deadline;
}

/** Makes TCP connections, thousands at once, on one reactor. */
export class Dialer implements Disposable {
  readonly #reactor: Reactor;
  readonly #settings: DialerSettings;
  readonly #deadlines = new Deadlines();
  readonly #pending = new Map<Attempt, Pending>();
  readonly #owner: Owner = {
    ended: (attempt, connection) => this.#release(attempt).resolve(connection),
    broke: (attempt, error) => this.#release(attempt).reject(error),
  };
  #closed = false;

  constructor(reactor: Reactor, settings: DialerSettings) {
    this.#reactor = reactor;
    this.#settings = settings;
    reactor.onTurn(() => this.#deadlines.expire(reactor.now));
  }

  /** How many connections are under way. */
  get inFlight(): number {
    return this.#pending.size;
  }

  /**
   * Connects, runs the exchange if there is one, and closes. Whatever the network does is data: the
   * promise rejects only for local trouble.
   *
   * @throws {Failure} when this host cannot make connections: no privilege, interface or descriptor.
   * @throws {RangeError} when the remote address is no IP address.
   */
  connect(request: DialRequest, exchange?: Exchange): Promise<Connection> {
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
    exchange: Exchange | undefined,
    resolve: Pending["resolve"],
    reject: Pending["reject"],
  ): void {
    if (this.#closed) throw new Error("the dialer is closed");
    const { remote } = request;
    const bytes = addressBytes(remote.address);
    const family = bytes.length === 4 ? AF_INET : AF_INET6;
    const mark = this.#mark(request.socket, family === AF_INET ? 4 : 6);
    const start = wallClock();
    const fail = (result: number): void => {
      checkResources(-result);
      resolve(record(remote, null, start, -result, exchange?.fields()));
    };
    const fd = openTcp(family);
    if (fd < 0) return fail(fd);
    let attempt: Attempt;
    try {
      const ready = setUp(fd, family, this.#settings.interface, request.socket, mark);
      const begun = ready < 0 ? ready : startConnect(fd, encodeSockaddr(bytes, remote.port));
      // The kernel keeps our address and port also when the peer refused within connect(2).
      const local = localEndpoint(fd);
      if (begun < 0 && (REFUSALS.has(-begun) || local.port === 0)) {
        fail(begun);
        closeSocket(fd);
        return;
      }
      request.onLocal?.(local, IPPROTO_TCP);
      attempt = new Attempt(fd, remote, local, start, this.#reactor, exchange, this.#owner);
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

  #mark(socket: SocketOptions, family: 4 | 6): number | undefined {
    if (!socket.ecn) return socket.mark;
    if (socket.mark !== undefined) {
      throw new Failure("An arm's socket cannot set both `mark` and `ecn`: leave one out.");
    }
    return this.#settings.ecnMark(family);
  }

  #release(attempt: Attempt): Pending {
    const pending = this.#pending.get(attempt)!;
    this.#pending.delete(attempt);
    this.#deadlines.cancel(pending.deadline);
    return pending;
  }
}
