import type { Connection, SocketOptions } from "../contract/connection.ts";
import type { Endpoint } from "../contract/job.ts";
import { ERRNO, errnoName } from "../host/errno.ts";
import { type Reactor, READY } from "../host/reactor.ts";
import { encodeEndpoint } from "../host/scoped_address.ts";
import { closeSocket, receiveSome, sendSome, startConnect, takeError } from "../host/socket.ts";
import type { Exchange, Session } from "./exchange.ts";
import { outcomeOf } from "./outcome.ts";
import { record } from "./record.ts";
import { IPPROTO_TCP } from "../host/ip_protocol.ts";

/** One connection to make. */
export interface DialRequest {
  /** The target's address and port. */
  readonly remote: Endpoint;
  /** What the arm asks of the socket. */
  readonly socket: SocketOptions;
  /** For the whole connection, handshake and exchange, in milliseconds. */
  readonly timeoutMs: number;
  /** Whether a TCP connection ends by RST, so that another one may have its port at once. */
  readonly reset?: boolean;
  /**
   * Called once, before `connect` returns, as soon as the kernel has chosen our address and port,
   * with the transport's protocol number; not called when it chose none. `to` is where it goes, where
   * that is not `remote`.
   */
  onLocal?(local: Endpoint, protocol: number, to?: Endpoint): void;
}

/** What the peer sends is read in pieces of at most this many octets, into memory that all share. */
const piece = new Uint8Array(64 * 1024);

/** What an attempt tells its owner once it is over and its socket closed. */
export interface Owner {
  /** It ended, well or not: that is data. */
  ended(attempt: Attempt, connection: Connection): void;
  /** Our own code failed, not the network. */
  broke(attempt: Attempt, error: unknown): void;
}

/** A TCP connection under way: the handshake, then the exchange if there is one. */
export class Attempt {
  #established = false;
  /** Whose the descriptor is, when it is not ours any more. */
  #session: Session | null = null;
  #request: Uint8Array<ArrayBuffer> | null = null;
  #sent = 0;

  /** Takes over a socket that has begun to connect. */
  constructor(
    readonly fd: number,
    readonly remote: Endpoint,
    readonly local: Endpoint,
    readonly start: number,
    private readonly reactor: Reactor,
    private readonly exchange: Exchange | Session | undefined,
    private readonly owner: Owner,
  ) {
    reactor.add(fd, READY.write, (events) => this.#ready(events));
  }

  /** Its first SYN has taken so many octets of its request already (RFC 7413). */
  began(request: Uint8Array<ArrayBuffer>, sent: number): void {
    this.#request = request;
    this.#sent = sent;
  }

  /** Ends it because its time is up. */
  expire(): void {
    // A router's word that came while the kernel could not take it as final says more than silence.
    const said = this.#established ? 0 : takeError(this.fd);
    // The handshake may have completed since the last turn
    const stands = said === 0 && this.exchange === undefined && this.#isConnected();
    this.end(stands ? 0 : said || ERRNO.ETIMEDOUT);
  }

  /** Ends it with an error number, 0 for none. */
  end(errno: number): void {
    this.#close();
    let fields;
    try {
      fields = this.exchange?.fields();
    } catch (error) {
      this.owner.broke(this, error);
      return;
    }
    this.owner.ended(
      this,
      record(IPPROTO_TCP, this.remote, this.local, this.start, errno, fields),
    );
  }

  #ready(events: number): void {
    try {
      if (!this.#established) this.#establish(events);
      else if (this.#unsent > 0 && events & READY.write) this.#send(this.#request!);
      else this.#receive();
    } catch (error) {
      this.#close();
      this.owner.broke(this, error);
    }
  }

  get #unsent(): number {
    return (this.#request?.length ?? 0) - this.#sent;
  }

  #establish(events: number): void {
    if (events & (READY.error | READY.hangUp)) {
      this.end(takeError(this.fd) || ERRNO.ECONNABORTED);
      return;
    }
    if (this.exchange === undefined) {
      this.end(0);
      return;
    }
    this.#established = true;
    if ("take" in this.exchange) {
      this.reactor.remove(this.fd);
      this.#session = this.exchange;
      this.#session.take(this.fd, (errno) => this.end(errno));
      return;
    }
    this.#request ??= this.exchange.request();
    this.#send(this.#request);
  }

  #send(request: Uint8Array<ArrayBuffer>): void {
    while (this.#sent < request.length) {
      const count = sendSome(this.fd, request.subarray(this.#sent));
      if (count < 0) {
        // Also listens, for a peer that will not read on before it was heard.
        if (again(count)) this.reactor.modify(this.fd, READY.write | READY.read);
        else this.end(-count);
        return;
      }
      this.#sent += count;
    }
    this.reactor.modify(this.fd, READY.read);
  }

  #receive(): void {
    const exchange = this.exchange as Exchange;
    const count = receiveSome(this.fd, piece);
    if (count > 0) {
      const progress = exchange.received(piece.subarray(0, count));
      if (progress === "complete") this.#finish(exchange);
      else if (progress === "invalid") this.end(ERRNO.EPROTO);
    } else if (count === 0) this.end(exchange.ended() ? 0 : ERRNO.ENODATA);
    else if (!again(count)) this.end(-count);
  }

  #finish(exchange: Exchange): void {
    const last = exchange.farewell?.() ?? null;
    if (last !== null) sendSome(this.fd, last);
    this.end(0);
  }

  /** Asks the kernel, which answers a second connect(2) so. */
  #isConnected(): boolean {
    const answer = startConnect(this.fd, encodeEndpoint(this.remote));
    return answer === 0 || answer === -ERRNO.EISCONN;
  }

  #close(): void {
    if (this.#session !== null) {
      this.#session.stop();
      return;
    }
    this.reactor.remove(this.fd);
    closeSocket(this.fd);
  }
}

/**
 * Whether nothing was wrong but the time: an error number that is not the network's is `EAGAIN`, or
 * somebody else's (see `lastErrno`).
 */
function again(result: number): boolean {
  return result < 0 && outcomeOf(errnoName(-result)) === "failed";
}
