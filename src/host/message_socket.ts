import { ERRNO, errnoName } from "./errno.ts";
import { Failure } from "./failure.ts";
import { lastErrno, libc } from "./libc.ts";
import { MESSAGE } from "./message_batch.ts";
import { POLL, pollRequest } from "./poll.ts";
import { openRaw } from "./raw_socket.ts";
import { sleep } from "./sleep.ts";
import { closeSocket, setSendBuffer } from "./socket.ts";
import { SOCK_CLOEXEC, SOCK_NONBLOCK, SOCK_RAW } from "./socket_type.ts";

const AF_PACKET = 17;
/** Reads an interface's flags, in the network namespace of the socket (netdevice(7)). */
const SIOCGIFFLAGS = 0x8913n;
/** Where the flags stand behind the name in `struct ifreq`. */
const IFREQ_FLAGS = 16;
const IFF_UP = 1;
const MSG_DONTWAIT = 0x40;
/** Octets that wait in the kernel for the interface. */
const SEND_BUFFER = 4 << 20;
/** How long the kernel is waited for each time that it has no room, in milliseconds. */
const PAUSE = 10;
/** Errors that say that the interface is gone or down. */
const GONE: ReadonlySet<number> = new Set([ERRNO.ENETDOWN, ERRNO.ENODEV, ERRNO.ENXIO]);
const NO_ROOM: ReadonlySet<number> = new Set([ERRNO.EAGAIN, ERRNO.ENOBUFS, ERRNO.ENOMEM]);

/** What came of messages that were handed to the kernel. */
export interface HandedOver {
  readonly taken: number;
  /** Which it refused, by the name of the error: their places among them. */
  readonly refused: ReadonlyMap<string, readonly number[]>;
}

/**
 * Sends packets that were written as messages of sendmmsg(2), many in one call on a thread of the pool.
 */
export class MessageSocket implements Disposable {
  readonly #fd: number;
  readonly #interface: string;
  readonly #retries: number;
  #closed = false;
  /** Calls of `send` that have not ended. */
  #sending = 0;

  private constructor(fd: number, name: string, retries: number) {
    this.#fd = fd;
    this.#interface = name;
    this.#retries = retries;
  }

  /**
   * Sends frames as they stand, by one interface (packet(7)).
   *
   * @param retries how often a packet is offered again that the kernel has no room for
   * @throws {Failure} without the privilege
   */
  static packet({ name, index }: { name: string; index: number }, retries: number): MessageSocket {
    // Protocol 0: it receives nothing
    const fd = libc.socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) throw refusal(lastErrno());
    const socket = new MessageSocket(fd, name, retries);
    const address = new Uint8Array(20);
    const view = new DataView(address.buffer);
    view.setUint16(0, AF_PACKET, true);
    view.setInt32(4, index, true);
    const bound = libc.bind(fd, address, address.length);
    const errno = bound < 0 ? lastErrno() : -setSendBuffer(fd, SEND_BUFFER);
    if (errno === 0) return socket;
    socket.close();
    throw refusal(errno);
  }

  /**
   * Sends IP packets of one version to the address that each message names, by the kernel's routes
   * and neighbours (raw(7)).
   *
   * @throws {Failure} without the privilege, or the interface
   */
  static routed(version: 4 | 6, name: string, retries: number): MessageSocket {
    return new MessageSocket(openRaw(version, name), name, retries);
  }

  /**
   * Sends messages, in their order; resolves when the kernel has taken or refused each.
   *
   * @param messages an array of struct mmsghdr, which must stay until then
   * @throws {Failure} when the interface is down or gone
   */
  async send(messages: Uint8Array<ArrayBuffer>, count: number): Promise<HandedOver> {
    if (this.#closed) throw new Error("the socket is closed");
    const refused = new Map<string, number[]>();
    let taken = 0;
    let retries = 0;
    this.#sending++;
    try {
      for (let at = 0; at < count;) {
        const rest = messages.subarray(at * MESSAGE);
        const some = await libc.sendmmsg_nonblocking(this.#fd, rest, count - at, MSG_DONTWAIT);
        if (some > 0) {
          at += some;
          taken += some;
          retries = 0;
          continue;
        }
        // The thread's error number is lost: the first message alone tells it
        const errno = this.#sendFirst(rest);
        if (errno === 0) {
          at++;
          taken++;
          retries = 0;
        } else if (NO_ROOM.has(errno) && retries < this.#retries) {
          retries++;
          await this.#room(errno);
        } else {
          const error = errnoName(errno);
          const places = refused.get(error) ?? [];
          refused.set(error, places);
          places.push(at++);
          // Where there was no room for one all that time, the others are offered once
          if (!NO_ROOM.has(errno)) retries = 0;
        }
      }
    } finally {
      this.#sending--;
      if (this.#closed && this.#sending === 0) closeSocket(this.#fd);
    }
    return { taken, refused };
  }

  /** Takes no more; what is under way ends first. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    // A descriptor must not be reused before a thread has used it
    if (this.#sending === 0) closeSocket(this.#fd);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** Waits for room, or as long as a pause. */
  async #room(errno: number): Promise<void> {
    // The interface's queue is full, of which poll(2) knows nothing: it says that the socket has room
    if (errno !== ERRNO.EAGAIN) await sleep(PAUSE);
    else await libc.poll_nonblocking(pollRequest(this.#fd, POLL.out), 1n, PAUSE);
  }

  /** Whether the interface is down, with which its routes have gone. */
  #isDown(): boolean {
    const request = new Uint8Array(40);
    new TextEncoder().encodeInto(this.#interface, request);
    if (libc.ioctl(this.#fd, SIOCGIFFLAGS, request) < 0) return true;
    return (new DataView(request.buffer).getUint16(IFREQ_FLAGS, true) & IFF_UP) === 0;
  }

  /** 0 when the kernel took it, else the error number. It is used only when it comes twice (see `lastErrno`). */
  #sendFirst(messages: Uint8Array<ArrayBuffer>): number {
    for (let before = 0;;) {
      if (libc.sendmmsg(this.#fd, messages, 1, MSG_DONTWAIT) > 0) return 0;
      const errno = lastErrno();
      if (errno === before && (GONE.has(errno) || errno === ERRNO.ENETUNREACH && this.#isDown())) {
        throw new Failure(
          `the interface ${this.#interface} went down or away (${errnoName(errno)}): see that it ` +
            "stays up, and go on with --resume",
        );
      }
      if (errno === before) return errno;
      before = errno;
    }
  }
}

function refusal(errno: number): Failure {
  if (errno === ERRNO.EPERM || errno === ERRNO.EACCES) {
    return new Failure(
      "not allowed to send packets: run as root, or with the capability CAP_NET_RAW",
    );
  }
  return new Failure(`cannot open a socket for packets (${errnoName(errno)})`);
}
