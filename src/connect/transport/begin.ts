import type { SocketOptions } from "../../contract/connection.ts";
import type { Endpoint } from "../../contract/job.ts";
import { addressBytes, AF_INET, AF_INET6, isLoopbackBytes } from "../../host/address.ts";
import { ERRNO } from "../../host/errno.ts";
import { Failure } from "../../host/failure.ts";
import { encodeEndpoint } from "../../host/scoped_address.ts";
import { splitZone } from "../../host/zone.ts";
import {
  closeSocket,
  localEndpoint,
  openSocket,
  type SocketProtocol,
  startConnect,
  startFastOpen,
} from "../../host/socket.ts";
import { TcpMetrics } from "../../host/tcp_metrics.ts";
import type { SocketSettings } from "./socket_settings.ts";
import { checkResources, setUp } from "./socket_setup.ts";
import { IPPROTO_TCP } from "../../host/ip_protocol.ts";

const NOTHING = new Uint8Array(0);

/** The kernel's cache of cookies, opened when it is first needed and kept to the end. */
let metrics: TcpMetrics | undefined;

/** A socket that has begun to connect, and our side of it. */
export interface StartedSocket {
  readonly fd: number;
  readonly local: Endpoint;
  /** How many octets of the first data the kernel has taken, with Fast Open. */
  readonly sent: number;
}

/**
 * What connect(2) says when nothing was begun. Any other error number, `EINPROGRESS` or one left by
 * another call (see `lastErrno`), means that it was: epoll will report the outcome.
 */
const REFUSALS: ReadonlySet<number> = new Set([
  ERRNO.EPERM,
  ERRNO.ENOMEM,
  ERRNO.EACCES,
  ERRNO.ENODEV,
  ERRNO.EINVAL,
  ERRNO.EAFNOSUPPORT,
  ERRNO.EADDRINUSE,
  ERRNO.EADDRNOTAVAIL,
  ERRNO.ENETDOWN,
  ERRNO.ENETUNREACH,
  ERRNO.ENOBUFS,
  ERRNO.ECONNREFUSED,
  ERRNO.EHOSTUNREACH,
]);

/**
 * Opens a socket with all that an arm asks of it, and begins to connect.
 *
 * @param data what the first SYN may carry, where the arm asks for that
 * @returns the socket, or the negated error number of an attempt that failed at once
 * @throws {Failure} when this host cannot make connections: no privilege, interface or descriptor,
 *   also an interface that the address's zone names
 * @throws {RangeError} when the remote address is no IP address
 */
export function begin(
  transport: SocketProtocol,
  remote: Endpoint,
  options: SocketOptions,
  settings: SocketSettings,
  data: Uint8Array<ArrayBuffer> = NOTHING,
): StartedSocket | number {
  const [address, zone] = splitZone(remote.address);
  const bytes = addressBytes(address);
  const family = bytes.length === 4 ? AF_INET : AF_INET6;
  const mark = markFor(options, family === AF_INET ? 4 : 6, settings);
  const open = () => openSocket(transport, family);
  const fd = settings.namespace === undefined ? open() : settings.namespace.within(open);
  if (fd < 0) {
    checkResources(-fd);
    return fd;
  }
  try {
    // A zone names the interface itself
    const device = zone !== null || isLoopbackBytes(bytes) ? null : settings.interface;
    const ready = setUp(fd, transport, family, { ...settings, interface: device }, options, mark);
    const begun = ready < 0 ? ready : start(fd, transport, remote, options, data);
    // The kernel keeps our address and port also when the peer refused within connect(2).
    const local = localEndpoint(fd);
    if (begun < 0 && (REFUSALS.has(-begun) || local.port === 0)) {
      checkResources(-begun);
      closeSocket(fd);
      return begun;
    }
    return { fd, local, sent: Math.max(begun, 0) };
  } catch (error) {
    closeSocket(fd);
    throw error;
  }
}

/** Begins to connect; how many octets were taken, or a negated error number. */
function start(
  fd: number,
  transport: SocketProtocol,
  remote: Endpoint,
  { fastOpen }: SocketOptions,
  data: Uint8Array<ArrayBuffer>,
): number {
  const sockaddr = encodeEndpoint(remote);
  if (fastOpen === undefined || transport !== IPPROTO_TCP) return startConnect(fd, sockaddr);
  if (fastOpen === "cookie") (metrics ??= new TcpMetrics()).forget(splitZone(remote.address)[0]);
  const begun = startFastOpen(fd, sockaddr, fastOpen === "data" ? data : NOTHING);
  if (begun !== -ERRNO.EOPNOTSUPP) return begun;
  throw new Failure(
    "this host does not use TCP Fast Open: set `sysctl -w net.ipv4.tcp_fastopen=1`, or add 1 to it",
  );
}

function markFor(
  options: SocketOptions,
  family: 4 | 6,
  settings: SocketSettings,
): number | undefined {
  if (!options.ecn) return options.mark;
  if (options.mark !== undefined) {
    throw new Failure("an arm's socket cannot set both `mark` and `ecn`: leave one out");
  }
  return settings.ecnMark(family);
}
