import { encodeSockaddr, SOCKADDR_LENGTH } from "./address.ts";
import { libc } from "./libc.ts";

const MSG_DONTWAIT = 0x40;

/** Messages that one call sends at most (the kernel's UIO_MAXIOV). */
const MESSAGES = 1024;
/** Octets that one call sends at most; the longest packet fits. */
const OCTETS = 256 * 1024;
/** Fewer messages than these are not worth another thread. */
const FEW = 16;

/** Octets of a struct mmsghdr, where pointers and lengths are 64 bits wide (bits/socket.h). */
export const MESSAGE = 64;
const NAME = 0;
const NAME_LENGTH = 8;
const VECTOR = 16;
const VECTOR_COUNT = 24;
// struct iovec
const PIECE = 16;

/** Is told of a message's outcome: 0, or an error number. */
export type Sent = (errno: number) => void;

/**
 * Messages to addresses without a port that are sent in one call, sendmmsg(2). They are written where the
 * kernel reads them as they come, also while those before them are being sent.
 */
export class MessageBatch {
  readonly #messages = new Uint8Array(MESSAGES * MESSAGE);
  readonly #pieces = new Uint8Array(MESSAGES * PIECE);
  readonly #addresses = new Uint8Array(MESSAGES * SOCKADDR_LENGTH);
  readonly #octets = new Uint8Array(OCTETS);
  readonly #pieceView = new DataView(this.#pieces.buffer);
  readonly #octetsAt = pointer(this.#octets);
  /** Where an address stands in a socket address. */
  readonly #addressAt: number;
  readonly #sent: Sent[] = [];
  readonly #since = new Float64Array(MESSAGES);
  /** Messages from `#first` to before `#count` wait. */
  #first = 0;
  #count = 0;
  #used = 0;

  /** Writes what is the same in every batch. The buffers do not move, so places in them are known. */
  constructor(version: 4 | 6) {
    this.#addressAt = version === 4 ? 4 : 8;
    const messages = new DataView(this.#messages.buffer);
    const [addresses, pieces] = [pointer(this.#addresses), pointer(this.#pieces)];
    // The port of a raw socket's address stays 0 (ipv6(7))
    const sockaddr = encodeSockaddr(new Uint8Array(version === 4 ? 4 : 16), 0);
    for (let i = 0; i < MESSAGES; i++) {
      const at = i * MESSAGE;
      this.#addresses.set(sockaddr, i * SOCKADDR_LENGTH);
      messages.setBigUint64(at + NAME, addresses + BigInt(i * SOCKADDR_LENGTH), true);
      messages.setUint32(at + NAME_LENGTH, sockaddr.length, true);
      messages.setBigUint64(at + VECTOR, pieces + BigInt(i * PIECE), true);
      messages.setBigUint64(at + VECTOR_COUNT, 1n, true);
    }
  }

  /** How many messages wait. */
  get waiting(): number {
    return this.#count - this.#first;
  }

  /** When the first that waits was handed in. */
  get since(): number {
    return this.#since[this.#first]!;
  }

  /**
   * Takes a message, as a copy; false when there is no room.
   *
   * @param destination 4 or 16 octets, as the batch's family has them
   */
  add(octets: Uint8Array, destination: Uint8Array, sent: Sent, since: number): boolean {
    const [at, used] = [this.#count, this.#used];
    if (at === MESSAGES || used + octets.length > OCTETS) return false;
    this.#octets.set(octets, used);
    this.#addresses.set(destination, at * SOCKADDR_LENGTH + this.#addressAt);
    this.#pieceView.setBigUint64(at * PIECE, this.#octetsAt + BigInt(used), true);
    this.#pieceView.setBigUint64(at * PIECE + 8, BigInt(octets.length), true);
    this.#sent[at] = sent;
    this.#since[at] = since;
    this.#used = used + octets.length;
    this.#count = at + 1;
    return true;
  }

  /**
   * Sends those that wait; how many the kernel took, less than 1 when it did not take the first
   * one. Sending takes as long as the kernel needs to carry a packet as far as it goes on this
   * host, so a thread of the pool does it for many messages.
   */
  send(fd: number): number | Promise<number> {
    const messages = this.#messages.subarray(this.#first * MESSAGE);
    const { waiting } = this;
    return waiting < FEW
      ? libc.sendmmsg(fd, messages, waiting, MSG_DONTWAIT)
      : libc.sendmmsg_nonblocking(fd, messages, waiting, MSG_DONTWAIT);
  }

  /** Sends the first message alone, at once: whether the kernel took it. If not, `lastErrno` says why. */
  sendFirst(fd: number): boolean {
    return libc.sendmmsg(fd, this.#messages.subarray(this.#first * MESSAGE), 1, MSG_DONTWAIT) > 0;
  }

  /** Takes away the first message, which must not be under way; whom to tell of it. */
  shift(): Sent {
    const sent = this.#sent[this.#first++]!;
    if (this.#first === this.#count) {
      this.#first = this.#count = this.#used = 0;
      this.#sent.length = 0;
    }
    return sent;
  }
}

function pointer(octets: Uint8Array<ArrayBuffer>): bigint {
  return BigInt(Deno.UnsafePointer.value(Deno.UnsafePointer.of(octets)));
}
