import { addressBytes, AF_INET, AF_INET6, encodeSockaddr } from "./address.ts";
import { ERRNO, errnoName } from "./errno.ts";
import { Failure } from "./failure.ts";
import { lastErrno, libc } from "./libc.ts";
import { MessageBatch, type Sent } from "./message_batch.ts";
import { type Reactor, READY } from "./reactor.ts";
import {
  bindToInterface,
  closeSocket,
  setMark,
  setReceiveErrors,
  setSendBuffer,
} from "./socket.ts";
import { SOCK_CLOEXEC, SOCK_NONBLOCK, SOCK_RAW } from "./socket_type.ts";
import { IPPROTO_RAW } from "./ip_protocol.ts";

/** Octets that wait in the kernel for the interface. */
const SEND_BUFFER = 4 << 20;

/** Says that the kernel has no room for a packet now; no error number. */
const NO_ROOM = -1;
/** How long the kernel may have no room for a packet before it is dropped, in milliseconds. */
const PATIENCE = 1000;

/**
 * Errors that concern the first packet of a batch only: the packets behind it may still be sent.
 */
const REFUSALS: ReadonlySet<number> = new Set([
  ERRNO.EPERM,
  ERRNO.EACCES,
  ERRNO.EINVAL,
  ERRNO.EMSGSIZE,
  ERRNO.EADDRNOTAVAIL,
  ERRNO.ENETDOWN,
  ERRNO.ENETUNREACH,
  ERRNO.EHOSTUNREACH,
  ERRNO.ENODEV,
  ERRNO.ENXIO,
]);

/**
 * Sends whole IP packets of one family through one interface, many in one call: what was handed in
 * goes out in the reactor's next turn. Every packet has a callback with its outcome.
 */
export class RawSocket implements Disposable {
  readonly #fd: number;
  readonly #reactor: Reactor;
  readonly #version: 4 | 6;
  /** Packets that wait, in batches of which the last is filled and the first is sent. */
  readonly #batches: MessageBatch[];
  /** An empty one, kept for the next time that one is not enough. */
  #spare: MessageBatch | null = null;
  #waiting = 0;
  /** Whether the reactor watches for room. */
  #listening = false;
  #flushing = false;
  #fault: unknown = undefined;
  #closed = false;

  /**
   * @param interfaceName null to leave it to the routes
   * @param mark firewall mark of what is sent; none when missing
   * @param source an address of this host by which the routes are chosen, as rules may depend on
   *   it; the source in the packets themselves does not matter there
   * @throws {Failure} without the privilege, or the interface
   */
  constructor(
    reactor: Reactor,
    version: 4 | 6,
    interfaceName: string | null,
    mark: number | undefined,
    source?: string,
  ) {
    this.#reactor = reactor;
    this.#fd = openRaw(version, interfaceName, mark, source);
    this.#version = version;
    this.#batches = [new MessageBatch(version)];
    reactor.onTurn(() => this.#turn());
  }

  /** How many packets wait to be sent. */
  get waiting(): number {
    return this.#waiting;
  }

  /**
   * Sends a packet soon. `sent` is called once: with 0 when the kernel took it, else with the error
   * number, `ENOBUFS` when it had no room for a second, `ECANCELED` when this was closed before.
   *
   * @param octets the packet from its IP header on; it is copied
   * @param destination 4 or 16 octets
   */
  send(octets: Uint8Array, destination: Uint8Array, sent: Sent): void {
    if (this.#closed) {
      sent(ERRNO.ECANCELED);
      return;
    }
    const since = this.#reactor.now;
    if (!this.#batches.at(-1)!.add(octets, destination, sent, since)) {
      const next = this.#spare ?? new MessageBatch(this.#version);
      this.#spare = null;
      this.#batches.push(next);
      next.add(octets, destination, sent, since);
    }
    if (++this.#waiting === 1) this.#reactor.wake();
  }

  /** Drops what waits, and takes no more. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#listening) this.#reactor.remove(this.#fd);
    if (!this.#flushing) this.#end();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #end(): void {
    closeSocket(this.#fd);
    while (this.waiting > 0) this.#tell(ERRNO.ECANCELED);
  }

  #turn(): void {
    if (this.#fault !== undefined) throw this.#fault;
    if (this.#closed || this.#flushing || this.waiting === 0) return;
    if (this.#listening) this.#giveUp();
    else this.#startFlush();
  }

  /** There is no room: drops what has waited for too long. */
  #giveUp(): void {
    const before = this.#reactor.now - PATIENCE;
    while (this.waiting > 0 && this.#batches[0]!.since < before) {
      this.#tell(ERRNO.ENOBUFS);
    }
    if (this.waiting === 0) this.#idle();
  }

  #startFlush(): void {
    this.#flushing = true;
    this.#flush().catch((error) => this.#fault = error).finally(() => {
      this.#flushing = false;
      // A descriptor must not be reused before a thread has used it
      if (this.#closed) this.#end();
    });
  }

  /** Sends until nothing waits or the kernel has no room. */
  async #flush(): Promise<void> {
    while (this.waiting > 0 && !this.#closed) {
      const taken = await this.#batches[0]!.send(this.#fd);
      if (taken > 0) {
        this.#reactor.wake(); // Answers come by a capture
        for (let i = 0; i < taken; i++) this.#tell(0);
        continue;
      }
      const errno = this.#sendFirst();
      if (errno === NO_ROOM) {
        this.#wait();
        this.#giveUp();
        return;
      }
      this.#tell(errno);
    }
    this.#idle();
  }

  /**
   * Sends the first packet of a batch that was not taken: 0 when it was now, an error number of its
   * own, or `NO_ROOM`. An error number is used only when it comes twice (see `lastErrno`).
   */
  #sendFirst(): number {
    let refusal = 0;
    for (;;) {
      if (this.#batches[0]!.sendFirst(this.#fd)) return 0;
      const errno = lastErrno();
      if (!REFUSALS.has(errno)) return NO_ROOM;
      if (errno === refusal) return errno;
      refusal = errno;
    }
  }

  /** Goes on when there is room. */
  #wait(): void {
    if (this.#listening || this.#closed) return;
    this.#listening = true;
    this.#reactor.add(this.#fd, READY.write, () => {
      if (!this.#flushing) this.#startFlush();
    });
  }

  #idle(): void {
    if (!this.#listening || this.#closed) return;
    this.#listening = false;
    this.#reactor.remove(this.#fd);
  }

  /** Reports the outcome of the first waiting packet. */
  #tell(errno: number): void {
    const [batch] = this.#batches;
    const sent = batch!.shift();
    this.#waiting--;
    if (batch!.waiting === 0 && this.#batches.length > 1) this.#spare = this.#batches.shift()!;
    sent(errno);
  }
}

/**
 * A socket for whole IP packets of one version; see {@linkcode RawSocket} for the parameters.
 *
 * @throws {Failure} without the privilege, or the interface
 */
export function openRaw(
  version: 4 | 6,
  interfaceName: string | null,
  mark?: number,
  source?: string,
): number {
  const family = version === 4 ? AF_INET : AF_INET6;
  const fd = libc.socket(family, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_RAW);
  if (fd < 0) throw refused(lastErrno());
  try {
    if (interfaceName !== null) require(bindToInterface(fd, interfaceName));
    if (mark !== undefined) require(setMark(fd, mark));
    if (source !== undefined) {
      const local = encodeSockaddr(addressBytes(source), 0);
      if (libc.bind(fd, local, local.length) < 0) require(-lastErrno());
    }
    require(setReceiveErrors(fd, family));
    require(setSendBuffer(fd, SEND_BUFFER));
  } catch (error) {
    closeSocket(fd);
    throw error;
  }
  return fd;
}

function require(result: number): void {
  if (result < 0) throw refused(-result);
}

function refused(errno: number): Failure {
  if (errno === ERRNO.EPERM || errno === ERRNO.EACCES) {
    return new Failure("not allowed to send forged packets: run as root");
  }
  return new Failure(`cannot open a socket for forged packets (${errnoName(errno)})`);
}
