import type { Endpoint } from "../contract/job.ts";
import { AF_INET, AF_INET6, decodeSockaddr, SOCKADDR_LENGTH } from "./address.ts";
import { IPPROTO_TCP } from "./ip_protocol.ts";
import { kernelEntries } from "./kernel_file.ts";
import { libc } from "./libc.ts";
import { cString } from "./libpcap.ts";

const SOL_SOCKET = 1;
const SO_COOKIE = 57;
const TCP_USER_TIMEOUT = 18;
const SHUT_RDWR = 2;
const O_RDONLY_CLOEXEC = 0o2000000;

const sockaddr = new Uint8Array(SOCKADDR_LENGTH);
const length = new Uint32Array(1);
const cookie = new BigUint64Array(1);
const cookieOctets = new Uint8Array(cookie.buffer);

/** A TCP connection that this process has accepted. */
export interface Accepted {
  readonly fd: number;
  /** What no other socket has until the next start of the kernel (socket(7), SO_COOKIE). */
  readonly id: bigint;
  /** Whose it is. */
  readonly peer: Endpoint;
}

/**
 * The connections to a port that this process has accepted, also those that Deno has not told of: it tells
 * of a connection with its first request.
 */
export class AcceptedConnections implements Disposable {
  readonly #port: number;
  /** A descriptor by which they can be listed also when there is no other one left; negative for none. */
  #spare = spareDescriptor();

  constructor(port: number) {
    this.#port = port;
  }

  /** Those that there are now. */
  list(): Accepted[] {
    this[Symbol.dispose]();
    try {
      return kernelEntries("/proc/self/fd").flatMap((name) => acceptedOf(Number(name), this.#port));
    } finally {
      this.#spare = spareDescriptor();
    }
  }

  [Symbol.dispose](): void {
    if (this.#spare >= 0) libc.close(this.#spare);
    this.#spare = -1;
  }
}

function spareDescriptor(): number {
  return libc.open(cString("/dev/null"), O_RDONLY_CLOEXEC);
}

function acceptedOf(fd: number, port: number): Accepted[] {
  const own = endpoint(fd, libc.getsockname);
  if (own?.port !== port) return [];
  // The socket that listens has none
  const peer = endpoint(fd, libc.getpeername);
  const id = peer === null ? null : cookieOf(fd);
  return peer === null || id === null ? [] : [{ fd, id, peer }];
}

/** Ends a connection; who reads or writes it is told, and closes it. */
export function endAccepted({ fd, id }: Accepted): void {
  // The number may be another's by now
  if (cookieOf(fd) === id) libc.shutdown(fd, SHUT_RDWR);
}

/**
 * Ends a connection when its peer takes nothing of what is sent for so long (tcp(7), TCP_USER_TIMEOUT).
 *
 * @param milliseconds how long that is
 */
export function endWhenStuck({ fd }: Accepted, milliseconds: number): void {
  const value = new Uint8Array(Uint32Array.of(milliseconds).buffer);
  // Of a connection that has ended meanwhile it cannot be set, and need not be
  libc.setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, value, value.length);
}

/** One end of a socket of the Internet; null for what is none. */
function endpoint(fd: number, call: typeof libc.getsockname): Endpoint | null {
  length[0] = SOCKADDR_LENGTH;
  if (call(fd, sockaddr, length) < 0) return null;
  const family = sockaddr[0]! | sockaddr[1]! << 8;
  return family === AF_INET || family === AF_INET6 ? decodeSockaddr(sockaddr) : null;
}

/** Null for what is no socket. */
function cookieOf(fd: number): bigint | null {
  length[0] = cookieOctets.length;
  return libc.getsockopt(fd, SOL_SOCKET, SO_COOKIE, cookieOctets, length) < 0 ? null : cookie[0]!;
}
