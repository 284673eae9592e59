import type { Connection } from "../contract/connection.ts";
import { wallClock } from "../host/clock.ts";
import type { Deadline } from "../host/deadlines.ts";
import { LoopDeadlines } from "../host/loop_deadlines.ts";
import { ERRNO } from "../host/errno.ts";
import type { Reactor } from "../host/reactor.ts";
import { closeSocket } from "../host/socket.ts";
import type { ConnectContext, ConnectRequest, TcpDials, UdpDials } from "./connection_type.ts";
import type { DialRequest } from "./dial_request.ts";
import { record } from "./record.ts";
import { begin } from "./transport/begin.ts";
import type { DatagramExchange } from "./transport/datagram.ts";
import type { Exchange, LibrarySession } from "./transport/exchange.ts";
import type { SocketSettings } from "./transport/socket_settings.ts";
import { overTcp } from "./transport/tcp.ts";
import type { Attempt, AttemptOwner, Transport } from "./transport/transport.ts";
import { overUdp } from "./transport/udp.ts";
import type { SendForged } from "./transport/udp_sender.ts";

/** What is done over a connection: what it adds to the record, however the connection ended. */
type Spoken = { fields(): Readonly<Record<string, unknown>> } | undefined;

/** Makes connections, thousands at once, on one reactor. */
export class Dialer<E extends Spoken, R extends DialRequest = DialRequest> implements Disposable {
  readonly #settings: SocketSettings;
  readonly #transport: Transport<E, R>;
  readonly #deadlines: LoopDeadlines;
  readonly #underWay = new Set<UnderWay>();
  #closed = false;

  constructor(reactor: Reactor, settings: SocketSettings, transport: Transport<E, R>) {
    this.#settings = settings;
    this.#transport = transport;
    this.#deadlines = new LoopDeadlines(reactor);
  }

  /** One for TCP connections. */
  static tcp(
    reactor: Reactor,
    settings: SocketSettings,
  ): Dialer<Exchange | LibrarySession | undefined> {
    return new Dialer(reactor, settings, overTcp(reactor));
  }

  /** One for datagrams. Arms that forge need `sendForged`. */
  static udp(
    reactor: Reactor,
    settings: SocketSettings,
    sendForged?: SendForged,
  ): Dialer<DatagramExchange, ConnectRequest> {
    return new Dialer(reactor, settings, overUdp(reactor, sendForged));
  }

  /** How many connections are under way. */
  get inFlight(): number {
    return this.#underWay.size;
  }

  /**
   * Connects, does what is to be done over the connection, and closes. Whatever the network does is
   * data: the promise rejects only for local errors.
   *
   * @throws {Failure} when this host cannot make connections: no privilege, interface or descriptor.
   * @throws {RangeError} when the remote address is no IP address.
   */
  connect(
    request: R,
    ...[exchange]: undefined extends E ? [exchange?: E] : [exchange: E]
  ): Promise<Connection> {
    return new Promise((resolve, reject) => this.#start(request, exchange as E, resolve, reject));
  }

  /** Ends what is under way (state discard, errno ECANCELED) and takes no more. */
  close(): void {
    this.#closed = true;
    for (const { attempt } of [...this.#underWay]) attempt?.end(ERRNO.ECANCELED);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #start(
    request: R,
    exchange: E,
    resolve: (connection: Connection) => void,
    reject: (error: unknown) => void,
  ): void {
    if (this.#closed) throw new Error("the dialer is closed");
    const transport = this.#transport;
    const { protocol } = transport;
    const { remote } = request;
    // The finer clock may be a little ahead of the one that packets are stamped with
    const since = Date.now();
    const start = wallClock();
    const early = transport.early(request, exchange);
    const begun = begin(protocol, remote, request.socket, this.#settings, early);
    if (typeof begun === "number") {
      resolve(record(protocol, remote, null, start, -begun, exchange?.fields()));
      return;
    }
    const one = new UnderWay(
      this.#deadlines,
      this.#underWay,
      start,
      resolve,
      reject,
    );
    try {
      request.onLocal?.(begun.local, protocol, since);
      one.attempt = transport.attempt(begun, request, exchange, one, early);
    } catch (error) {
      closeSocket(begun.fd);
      throw error;
    }
    one.begin(request.timeoutMs);
  }
}

/** What connects over TCP for a connection type. */
export function tcpDials(context: ConnectContext): TcpDials {
  return context.dials?.tcp ?? Dialer.tcp(context.reactor, context);
}

/** What sends datagrams for a connection type, those of arms that forge too. */
export function udpDials(context: ConnectContext): UdpDials {
  return context.dials?.udp ?? Dialer.udp(
    context.reactor,
    context,
    (packet, mark) => context.forger().send(packet, mark),
  );
}

/** A connection under way, and the promise of its caller. */
class UnderWay implements AttemptOwner {
  attempt: Attempt | null = null;
  #deadline: Deadline | null = null;
  #further: Deadline | null = null;

  constructor(
    private readonly deadlines: LoopDeadlines,
    private readonly all: Set<UnderWay>,
    readonly start: number,
    private readonly resolve: (connection: Connection) => void,
    private readonly reject: (error: unknown) => void,
  ) {}

  begin(timeoutMs: number): void {
    const { attempt, deadlines } = this;
    this.#deadline = deadlines.set(timeoutMs, () => attempt!.expire());
    this.all.add(this);
    attempt!.begin?.();
  }

  ended(connection: Connection): void {
    this.#release();
    this.resolve(connection);
  }

  broke(error: unknown): void {
    this.#release();
    this.reject(error);
  }

  after(milliseconds: number, call: () => void): void {
    this.#further = this.deadlines.set(milliseconds, call);
  }

  #release(): void {
    this.all.delete(this);
    if (this.#deadline !== null) this.deadlines.cancel(this.#deadline);
    if (this.#further !== null) this.deadlines.cancel(this.#further);
  }
}
