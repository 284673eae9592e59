import { ERRNO, errnoName } from "../../host/errno.ts";
import { type Reactor, READY } from "../../host/reactor.ts";
import { closeSocket, receiveSome, takeError } from "../../host/socket.ts";
import type { DatagramExchange } from "./datagram.ts";
import { outcomeOf } from "../outcome.ts";
import { reportEnd } from "./report_end.ts";
import type { Attempt, AttemptOwner } from "./transport.ts";
import type { Datagram, Sender } from "./udp_sender.ts";
import { IPPROTO_UDP } from "../../host/ip_protocol.ts";

/** When a datagram without an answer is sent again, in milliseconds; then after twice as long. */
const PATIENCE = 1000;

/** Datagrams are read into memory that all share; none is longer. */
const buffer = new Uint8Array(64 * 1024);

/** How many datagrams of one socket are read in a row, so that a flood does not hold up the others. */
const IN_A_ROW = 16;

/**
 * A datagram that waits for its answer, on a connected socket: the kernel checks who answers. It
 * may be lost by chance, so it is sent again after 1 s, 3 s, 7 s, as the kernel does with a SYN.
 * Other datagrams are passed over; when nothing else came, the connection failed with EPROTO.
 */
export class UdpAttempt implements Attempt {
  #sent = false;
  /** The kernel's error when it did not send. */
  #refused = 0;
  /** Something came that is not the answer. */
  #heard = false;
  #over = false;

  /** Takes over a socket that is connected. */
  constructor(
    private readonly datagram: Datagram,
    private readonly timeoutMs: number,
    private readonly reactor: Reactor,
    private readonly exchange: DatagramExchange,
    private readonly sender: Sender,
    private readonly owner: AttemptOwner,
  ) {
    reactor.add(datagram.fd, READY.read, (events) => this.#guard(() => this.#ready(events)));
  }

  /** Sends the datagram for the first time. */
  begin(): void {
    this.#sendAgain(PATIENCE, this.timeoutMs - PATIENCE);
    this.#send();
  }

  /** Sends it again after `wait`, if that is before its time is up, which is in `left` then. */
  #sendAgain(wait: number, left: number): void {
    if (left <= 0) return;
    this.owner.after(wait, () => {
      this.#sendAgain(2 * wait, left - 2 * wait);
      this.#send();
    });
  }

  #send(): void {
    this.#guard(() => {
      const sending = this.sender(this.datagram);
      if (typeof sending === "number") this.#sentWith(sending);
      else {
        sending.then(
          (errno) => this.#guard(() => this.#sentWith(errno)),
          (error) => this.#broke(error),
        );
      }
    });
  }

  /** Ends it because its time is up. */
  expire(): void {
    this.#guard(() => {
      // Where very many are ready at once, the answer may still be unread
      const said = this.#receive();
      if (this.#over) return;
      if (said !== 0) this.end(said);
      else if (this.#heard) this.end(ERRNO.EPROTO);
      else this.end(this.#sent ? ERRNO.ETIMEDOUT : this.#refused || ERRNO.ETIMEDOUT);
    });
  }

  /** Ends it with an error number, 0 for none. */
  end(errno: number): void {
    const { local, remote } = this.datagram;
    this.#close();
    reportEnd({ protocol: IPPROTO_UDP, local, remote }, this.owner, errno, this.exchange);
  }

  #sentWith(errno: number): void {
    if (this.#over) return;
    if (errno === 0) this.#sent = true;
    // An ICMP error about the datagram before it comes out here too
    else if (isOfNetwork(errno)) this.end(errno);
    else this.#refused = errno;
  }

  #ready(events: number): void {
    // Taken first: an answer that came before it counts for more
    const failed = (events & (READY.error | READY.hangUp)) !== 0;
    const said = failed ? takeError(this.datagram.fd) : 0;
    const came = this.#receive();
    if (this.#over) return;
    if (failed) this.end(said || came || ERRNO.ECONNABORTED);
    else if (came !== 0) this.end(came);
  }

  /** Reads what has come, up to the answer, which ends it; what the network said meanwhile, or 0. */
  #receive(): number {
    let said = 0;
    for (let i = 0; i < IN_A_ROW; i++) {
      const count = receiveSome(this.datagram.fd, buffer);
      if (count < 0) {
        // The error comes once, before what came earlier: there may be an answer behind it
        if (said !== 0 || !isOfNetwork(-count)) return said;
        said = -count;
      } else if (this.exchange.received(buffer.subarray(0, count))) {
        this.end(0);
        return 0;
      } else this.#heard = true;
    }
    return said;
  }

  #guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#broke(error);
    }
  }

  #broke(error: unknown): void {
    if (this.#over) return;
    this.#close();
    this.owner.broke(error);
  }

  #close(): void {
    this.#over = true;
    this.reactor.removeClosing(this.datagram.fd);
    closeSocket(this.datagram.fd);
  }
}

/**
 * Any other error number is a local one, `EAGAIN`, or one left by another call (see `lastErrno`).
 */
function isOfNetwork(errno: number): boolean {
  return outcomeOf(errnoName(errno)) !== "failed";
}
