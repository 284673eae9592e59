import { Failure } from "./failure.ts";
import { errnoName } from "./errno.ts";
import { lastErrno, libc, must } from "./libc.ts";
import { SOCK_CLOEXEC, SOCK_DGRAM } from "./socket_type.ts";

const AF_UNIX = 1;
const SOL_SOCKET = 1;
const SO_SNDTIMEO = 21;
const MSG_NOSIGNAL = 0x4000;
const CLOCK_MONOTONIC = 1;
/** Octets of a path in a `sockaddr_un`; behind one that is a file is a NUL (unix(7)). */
const MOST_PATH = 108;
/** `struct timeval`: a second, which one state may wait for a manager whose queue is full. */
const PATIENCE = new BigInt64Array([1n, 0n]);

/** What a service tells of itself: assignments, as sd_notify(3) has them. */
export type ServiceState = Readonly<Record<string, string | number | bigint>>;

/**
 * The service manager that has started this program, such as systemd, and that wants to be told how it is:
 * one datagram a state, to the socket that NOTIFY_SOCKET names (sd_notify(3)).
 */
export class ServiceManager {
  readonly #address: Uint8Array<ArrayBuffer>;
  /** After how many milliseconds without a sign of life it ends the program; null for never. */
  readonly watchdog: number | null;

  private constructor(address: Uint8Array<ArrayBuffer>, watchdog: number | null) {
    this.#address = address;
    this.watchdog = watchdog;
  }

  /**
   * The one that the environment names; null for none. Takes the variables out of the environment: what
   * this program starts must not speak for it.
   *
   * @throws {Failure} when the environment names no socket that can be told anything
   */
  static take(): ServiceManager | null {
    const [socket, usec, pid] = ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"].map((name) => {
      const value = Deno.env.get(name);
      if (value !== undefined) Deno.env.delete(name);
      return value;
    });
    if (socket === undefined || socket === "") return null;
    const isForUs = pid === undefined || Number(pid) === Deno.pid;
    const microseconds = Number(usec);
    const watchdog = isForUs && microseconds > 0 ? microseconds / 1000 : null;
    return new ServiceManager(unixAddress(socket), watchdog);
  }

  /** Tells a state; why it could not be told, as the name of an error, else null. */
  tell(state: ServiceState): string | null {
    const text = Object.entries(state).map(([name, value]) =>
      `${name}=${String(value).replaceAll("\n", " ")}`
    ).join("\n");
    const octets = new TextEncoder().encode(text);
    const fd = must("socket", libc.socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    try {
      const patience = new Uint8Array(PATIENCE.buffer);
      must("setsockopt", libc.setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, patience, patience.length));
      const { length } = this.#address;
      const sent = libc.sendto(
        fd,
        octets,
        BigInt(octets.length),
        MSG_NOSIGNAL,
        this.#address,
        length,
      );
      return sent < 0 ? errnoName(lastErrno()) : null;
    } finally {
      libc.close(fd);
    }
  }
}

/**
 * The `sockaddr_un` of a socket: a path, or `@` and a name without a file (unix(7), "Abstract sockets").
 *
 * @throws {Failure} for any other text
 */
export function unixAddress(text: string): Uint8Array<ArrayBuffer> {
  const path = new TextEncoder().encode(text);
  const isAbstract = text.startsWith("@");
  if (!isAbstract && !text.startsWith("/") || path.length >= MOST_PATH || text.includes("\0")) {
    throw new Failure(
      `NOTIFY_SOCKET must be the path of a socket, or @ and its name, of at most ${
        MOST_PATH - 1
      } octets: ` + "start spider from a service manager that says so, or without it",
    );
  }
  const address = new Uint8Array(2 + path.length + (isAbstract ? 0 : 1));
  new Uint16Array(address.buffer, 0, 1)[0] = AF_UNIX;
  address.set(path, 2);
  if (isAbstract) address[2] = 0;
  return address;
}

/** Microseconds of the clock that service managers compare times by (clock_gettime(2), CLOCK_MONOTONIC). */
export function monotonicMicroseconds(): bigint {
  const time = new BigInt64Array(2);
  must("clock_gettime", libc.clock_gettime(CLOCK_MONOTONIC, new Uint8Array(time.buffer)));
  return time[0]! * 1_000_000n + time[1]! / 1000n;
}
