import type { Connection } from "../contract/connection.ts";
import { wallClock } from "../host/clock.ts";
import { type Deadline, Deadlines } from "../host/deadlines.ts";
import { ERRNO } from "../host/errno.ts";
import type { Reactor } from "../host/reactor.ts";
import { closeSocket } from "../host/socket.ts";
import { begin } from "./begin.ts";
import type { SocketSettings } from "./socket_settings.ts";
import type { ConnectContext, ConnectRequest } from "./connection_type.ts";
import type { DatagramExchange } from "./datagram.ts";
import { record } from "./record.ts";
import { UdpAttempt, type UdpOwner } from "./udp_attempt.ts";
import { senderFor, type SendForged } from "./udp_sender.ts";
import { IPPROTO_UDP } from "../host/ip_protocol.ts";

/** When a datagram without an answer is sent again, in milliseconds; then after twice as long. */
const PATIENCE = 1000;

interface Pending {
  readonly resolve: (connection: Connection) => void;
  readonly reject: (error: unknown) => void;
  readonly deadline: Deadline;
  /** When it is sent again; null when its time is up before that. */
  again: Deadline | null;
}

/**
 * Sends datagrams and waits for their answers, thousands at once, on one reactor. A datagram may be
 * lost by chance, so it is sent again after 1 s, 3 s, 7 s, as the kernel does with a SYN.
 */
export class UdpDialer implements Disposable {
  readonly #reactor: Reactor;
  readonly #settings: SocketSettings;
  readonly #sendForged: SendForged | undefined;
  readonly #deadlines = new Deadlines();
  readonly #pending = new Map<UdpAttempt, Pending>();
  readonly #owner: UdpOwner = {
    ended: (attempt, connection) => this.#release(attempt).resolve(connection),
    broke: (attempt, error) => this.#release(attempt).reject(error),
  };
  #closed = false;

  /** @param sendForged for arms that forge; without it their requests fail */
  constructor(reactor: Reactor, settings: SocketSettings, sendForged?: SendForged) {
    this.#reactor = reactor;
    this.#settings = settings;
    this.#sendForged = sendForged;
    reactor.onTurn(() => this.#deadlines.expire(reactor.now));
  }

  /** One that forges through the run's forger. */
  static of(context: ConnectContext): UdpDialer {
    const forge: SendForged = (packet, mark) => context.forger().send(packet, mark);
    return new UdpDialer(context.reactor, context, forge);
  }

  /** How many datagrams wait for an answer. */
  get inFlight(): number {
    return this.#pending.size;
  }

  /**
   * Sends, waits, and closes. Whatever the network does is data: the promise rejects only for local
   * trouble. What comes and is not the answer is passed over; when nothing else came, the
   * connection failed with EPROTO.
   *
   * @throws {Failure} when this host cannot send: no privilege, interface or descriptor.
   * @throws {RangeError} when the remote address is no IP address.
   */
  connect(request: ConnectRequest, exchange: DatagramExchange): Promise<Connection> {
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
    request: ConnectRequest,
    exchange: DatagramExchange,
    resolve: Pending["resolve"],
    reject: Pending["reject"],
  ): void {
    if (this.#closed) throw new Error("the dialer is closed");
    const { remote, timeoutMs } = request;
    const sender = senderFor(request, this.#sendForged);
    const payload = exchange.request();
    const start = wallClock();
    const begun = begin(IPPROTO_UDP, remote, request.socket, this.#settings);
    if (typeof begun === "number") {
      resolve(record(IPPROTO_UDP, remote, null, start, -begun, exchange.fields()));
      return;
    }
    const { fd, local } = begun;
    let attempt: UdpAttempt;
    try {
      request.onLocal?.(local, IPPROTO_UDP);
      const datagram = { fd, local, remote, payload };
      attempt = new UdpAttempt(datagram, start, this.#reactor, exchange, sender, this.#owner);
    } catch (error) {
      closeSocket(fd);
      throw error;
    }
    const deadline = this.#deadlines.set(
      timeoutMs,
      this.#reactor.now,
      () => attempt.expire(),
    );
    const pending = { resolve, reject, deadline, again: null };
    this.#pending.set(attempt, pending);
    this.#sendAgain(attempt, pending, PATIENCE, timeoutMs - PATIENCE);
    attempt.send();
  }

  /** Sends it again after `wait`, if that is before its time is up, which is in `left` then. */
  #sendAgain(attempt: UdpAttempt, pending: Pending, wait: number, left: number): void {
    pending.again = left <= 0 ? null : this.#deadlines.set(wait, this.#reactor.now, () => {
      this.#sendAgain(attempt, pending, 2 * wait, left - 2 * wait);
      attempt.send();
    });
  }

  #release(attempt: UdpAttempt): Pending {
    const pending = this.#pending.get(attempt)!;
    this.#pending.delete(attempt);
    this.#deadlines.cancel(pending.deadline);
    if (pending.again !== null) this.#deadlines.cancel(pending.again);
    return pending;
  }
}
