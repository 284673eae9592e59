import type { Endpoint } from "../contract/job.ts";
import { AF_INET, AF_INET6, decodeSockaddr, SOCKADDR_LENGTH } from "./address.ts";
import { errnoName } from "./errno.ts";
import { Failure } from "./failure.ts";
import { IPPROTO_IP, IPPROTO_IPV6, IPPROTO_TCP } from "./ip_protocol.ts";
import { lastErrno, libc } from "./libc.ts";
import { bindSocket, closeSocket, openSocket } from "./socket.ts";
import { SOCK_CLOEXEC, SOCK_NONBLOCK } from "./socket_type.ts";

/** Connections that wait to be taken. */
const BACKLOG = 4096;
/** Where a connection was going before a rule redirected it (linux/netfilter_ipv4.h, the same for IPv6). */
const SO_ORIGINAL_DST = 80;

const ANY = { 4: new Uint8Array(4), 6: new Uint8Array(16) } as const;

/**
 * Listens on a TCP port of all addresses of one family; the descriptor.
 *
 * @throws {Failure} when the port cannot be had
 */
export function openListener(family: 4 | 6, port: number): number {
  const fd = openSocket(IPPROTO_TCP, family === 4 ? AF_INET : AF_INET6);
  const bound = fd < 0 ? fd : bindSocket(fd, IPPROTO_TCP, ANY[family], port);
  const answer = bound < 0 ? bound : libc.listen(fd, BACKLOG) < 0 ? -lastErrno() : 0;
  if (answer >= 0) return fd;
  if (fd >= 0) closeSocket(fd);
  throw new Failure(`cannot listen on port ${port}: ${errnoName(-answer)}`);
}

/** Takes the next connection; a negative number when none waits, or it is gone already. */
export function acceptSocket(listener: number): number {
  return libc.accept4(listener, null, null, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

/** Where a redirected connection was going; null when it was not redirected, or that is not known. */
export function originalDestination(fd: number, family: 4 | 6): Endpoint | null {
  const own = new Uint8Array(SOCKADDR_LENGTH);
  if (libc.getsockname(fd, own, new Uint32Array([own.length])) < 0) return null;
  const address = new Uint8Array(SOCKADDR_LENGTH);
  const length = new Uint32Array([address.length]);
  const level = family === 4 ? IPPROTO_IP : IPPROTO_IPV6;
  if (libc.getsockopt(fd, level, SO_ORIGINAL_DST, address, length) < 0) return null;
  const [meant, here] = [decodeSockaddr(address), decodeSockaddr(own)];
  return meant.address === here.address && meant.port === here.port ? null : meant;
}
