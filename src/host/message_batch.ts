import { encodeSockaddr, SOCKADDR_LENGTH } from "./address.ts";
import { libc } from "./libc.ts";

const MSG_DONTWAIT = 0x40;

/** Messages that one call sends at most (the kernel's UIO_MAXIOV). */
const MESSAGES = 1024;
/** Octets that one call sends at most; the longest packet fits. */
const OCTETS = 256 * 1024;
/** Fewer messages than these are not worth another thread. */
const FEW = 16;

// struct mmsghdr, where pointers and lengths are 64 bits wide (bits/socket.h)
const MESSAGE = 64;
const NAME = 0;
const NAME_LENGTH = 8;
const VECTOR = 16;
const VECTOR_COUNT = 24;
// struct iovec
const PIECE = 16;

/** A message and where it goes. */
export interface OutgoingMessage {
  readonly octets: Uint8Array;
  /** 4 or 16 octets, those of the batch's family. */
  readonly destination: Uint8Array;
}

/** Messages to addresses without a port that are sent in one call, sendmmsg(2). */
export class MessageBatch {
  readonly #messages = new Uint8Array(MESSAGES * MESSAGE);
  readonly #pieces = new Uint8Array(MESSAGES * PIECE);
  readonly #addresses = new Uint8Array(MESSAGES * SOCKADDR_LENGTH);
  readonly #octets = new Uint8Array(OCTETS);
  readonly #pieceView = new DataView(this.#pieces.buffer);
  readonly #octetsAt = pointer(this.#octets);
  /** Where an address stands in a socket address. */
  readonly #addressAt: number;

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

  /** Takes as many messages of a list as have room, from a place in it on; how many. */
  load(list: readonly OutgoingMessage[], from: number): number {
    let used = 0;
    let count = 0;
    while (count < MESSAGES && from + count < list.length) {
      const { octets, destination } = list[from + count]!;
      if (used + octets.length > OCTETS) break;
      this.#octets.set(octets, used);
      this.#addresses.set(destination, count * SOCKADDR_LENGTH + this.#addressAt);
      this.#pieceView.setBigUint64(count * PIECE, this.#octetsAt + BigInt(used), true);
      this.#pieceView.setBigUint64(count * PIECE + 8, BigInt(octets.length), true);
      used += octets.length;
      count++;
    }
    return count;
  }

  /**
   * Sends the first messages; how many the kernel took, less than 1 when it did not take the first
   * one. Sending takes as long as the kernel needs to carry a packet as far as it goes on this
   * host, so a thread of the pool does it for many messages.
   */
  send(fd: number, count: number): number | Promise<number> {
    return count < FEW
      ? libc.sendmmsg(fd, this.#messages, count, MSG_DONTWAIT)
      : libc.sendmmsg_nonblocking(fd, this.#messages, count, MSG_DONTWAIT);
  }

  /** Sends the first message alone, at once: whether the kernel took it. If not, `lastErrno` says why. */
  sendFirst(fd: number): boolean {
    return libc.sendmmsg(fd, this.#messages, 1, MSG_DONTWAIT) > 0;
  }
}

function pointer(octets: Uint8Array<ArrayBuffer>): bigint {
  return BigInt(Deno.UnsafePointer.value(Deno.UnsafePointer.of(octets)));
}
