import type { Endpoint } from "../../contract/job.ts";
import { ERRNO } from "../../host/errno.ts";
import { type Reactor, READY } from "../../host/reactor.ts";
import { encodeEndpoint } from "../../host/scoped_address.ts";
import { closeSocket, receiveSome, sendSome, startConnect, takeError } from "../../host/socket.ts";
import type { StartedSocket } from "./begin.ts";
import type { Exchange, LibrarySession } from "./exchange.ts";
import { reportEnd } from "./report_end.ts";
import type { Attempt, AttemptOwner } from "./transport.ts";
import { onlyWaits } from "../outcome.ts";
import { IPPROTO_TCP } from "../../host/ip_protocol.ts";

/** What the peer sends is read in pieces of at most this many octets, into memory that all share. */
const piece = new Uint8Array(64 * 1024);

/** A TCP connection under way: the handshake, then the exchange if there is one. */
export class TcpAttempt implements Attempt {
  #established = false;
  /** The owner of the descriptor, once it is not ours any more. */
  #session: LibrarySession | null = null;
  #request: Uint8Array<ArrayBuffer> | null = null;
  #sent = 0;

  /**
   * Takes over a socket that has begun to connect.
   *
   * @param early the request, when the first SYN could carry it
   */
  constructor(
    private readonly socket: StartedSocket,
    private readonly remote: Endpoint,
    private readonly reactor: Reactor,
    private readonly exchange: Exchange | LibrarySession | undefined,
    private readonly owner: AttemptOwner,
    early: Uint8Array<ArrayBuffer> | undefined,
  ) {
    reactor.add(socket.fd, READY.write, (events) => this.#ready(events));
    if (early === undefined) return;
    // The first SYN carried that many octets of it already (RFC 7413)
    this.#request = early;
    this.#sent = socket.sent;
  }

  /** Ends it because its time is up. */
  expire(): void {
    // A soft error from a router, which the kernel did not take as final, says more than a timeout.
    const said = this.#established ? 0 : takeError(this.socket.fd);
    // The handshake may have completed since the last turn
    const stands = said === 0 && this.exchange === undefined && this.#isConnected();
    this.end(stands ? 0 : said || ERRNO.ETIMEDOUT);
  }

  /** Ends it with an error number, 0 for none. */
  end(errno: number): void {
    this.#close();
    const socket = { protocol: IPPROTO_TCP, local: this.socket.local, remote: this.remote };
    reportEnd(socket, this.owner, errno, this.exchange);
  }

  #ready(events: number): void {
    try {
      if (!this.#established) this.#establish(events);
      else if (this.#unsent > 0 && events & READY.write) this.#send(this.#request!);
      else this.#receive();
    } catch (error) {
      this.#close();
      this.owner.broke(error);
    }
  }

  get #unsent(): number {
    return (this.#request?.length ?? 0) - this.#sent;
  }

  #establish(events: number): void {
    if (events & (READY.error | READY.hangUp)) {
      this.end(takeError(this.socket.fd) || ERRNO.ECONNABORTED);
      return;
    }
    if (this.exchange === undefined) {
      this.end(0);
      return;
    }
    this.#established = true;
    if ("take" in this.exchange) {
      this.reactor.remove(this.socket.fd);
      this.#session = this.exchange;
      this.#session.take(this.socket.fd, (errno) => this.end(errno));
      return;
    }
    this.#request ??= this.exchange.request();
    this.#send(this.#request);
  }

  #send(request: Uint8Array<ArrayBuffer>): void {
    while (this.#sent < request.length) {
      const count = sendSome(this.socket.fd, request.subarray(this.#sent));
      if (count < 0) {
        // Also reads, for a peer that stops reading until its own data is read.
        if (onlyWaits(count)) this.reactor.modify(this.socket.fd, READY.write | READY.read);
        else this.end(-count);
        return;
      }
      this.#sent += count;
    }
    this.reactor.modify(this.socket.fd, READY.read);
  }

  #receive(): void {
    const exchange = this.exchange as Exchange;
    const count = receiveSome(this.socket.fd, piece);
    if (count > 0) {
      const progress = exchange.received(piece.subarray(0, count));
      if (progress === "complete") this.#finish(exchange);
      else if (progress === "invalid") this.end(ERRNO.EPROTO);
    } else if (count === 0) this.end(exchange.ended() ? 0 : ERRNO.ENODATA);
    else if (!onlyWaits(count)) this.end(-count);
  }

  #finish(exchange: Exchange): void {
    const last = exchange.farewell?.() ?? null;
    if (last !== null) sendSome(this.socket.fd, last);
    this.end(0);
  }

  /** Asks the kernel by a second connect(2). */
  #isConnected(): boolean {
    const answer = startConnect(this.socket.fd, encodeEndpoint(this.remote));
    return answer === 0 || answer === -ERRNO.EISCONN;
  }

  #close(): void {
    if (this.#session !== null) {
      this.#session.stop();
      return;
    }
    this.reactor.removeClosing(this.socket.fd);
    closeSocket(this.socket.fd);
  }
}
