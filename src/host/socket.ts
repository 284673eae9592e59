import type { Endpoint } from "../contract/job.ts";
import { AF_INET6, decodeSockaddr, encodeSockaddr, SOCKADDR_LENGTH } from "./address.ts";
import { lastErrno, libc } from "./libc.ts";
import { IPPROTO_IP, IPPROTO_IPV6, IPPROTO_TCP, IPPROTO_UDP } from "./ip_protocol.ts";
import { SOCK_CLOEXEC, SOCK_DGRAM, SOCK_NONBLOCK, SOCK_STREAM } from "./socket_type.ts";

// Every function here answers as the kernel does: a negative number is an error number negated.

const SOL_SOCKET = 1;
const SO_REUSEADDR = 2;
const SO_ERROR = 4;
const SO_SNDBUF = 7;
const SO_NO_CHECK = 11;
const SO_LINGER = 13;
const SO_BINDTODEVICE = 25;
const SO_MARK = 36;
const IP_TOS = 1;
const IP_TTL = 2;
const IP_MTU_DISCOVER = 10;
const IP_RECVERR = 11;
const IP_MTU = 14;
const IP_LOCAL_PORT_RANGE = 51;
const IPV6_UNICAST_HOPS = 16;
const IPV6_MTU_DISCOVER = 23;
const IPV6_MTU = 24;
const IPV6_RECVERR = 25;
const IPV6_V6ONLY = 26;
const IPV6_TCLASS = 67;
/** The don't-fragment flag is set, and what is longer than the path takes is refused (ip(7)). */
const PMTUDISC_DO = 2;
const TCP_MAXSEG = 2;
const UDP_NO_CHECK6_TX = 101;
const MSG_NOSIGNAL = 0x4000;
const MSG_FASTOPEN = 0x20000000;

const sockaddr = new Uint8Array(SOCKADDR_LENGTH);
const integer = new Int32Array(1);
/** `struct linger`: on, for 0 seconds. */
const noLinger = new Int32Array([1, 0]);
const length = new Uint32Array(1);
const encoder = new TextEncoder();

function answer(result: number): number {
  return result < 0 ? -lastErrno() : result;
}

/** A transport of sockets, by its protocol number. */
export type SocketProtocol = typeof IPPROTO_TCP | typeof IPPROTO_UDP;

/** Opens a non-blocking socket of a family, `AF_INET` or `AF_INET6`; its descriptor. */
export function openSocket(transport: SocketProtocol, family: number): number {
  const type = transport === IPPROTO_TCP ? SOCK_STREAM : SOCK_DGRAM;
  const fd = answer(libc.socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, transport));
  // An IPv4-mapped address would silently make an IPv4 connection, past the IPv6 options below.
  if (fd >= 0 && family === AF_INET6) setInteger(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
  return fd;
}

/** Closes a descriptor. Linux frees it whatever the result. */
export function closeSocket(fd: number): void {
  libc.close(fd);
}

/** Lets the socket use one network interface only, by its name. */
export function bindToInterface(fd: number, name: string): number {
  const bytes = encoder.encode(name);
  return answer(libc.setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, bytes, bytes.length));
}

/**
 * Binds a local address and port. The unspecified address and port 0 leave the choice to the
 * kernel. A port of TCP is shared with connections that have ended but still wait (RFC 9293,
 * TIME-WAIT). One of UDP must not be: the kernel would give it to two sockets at once, which would
 * receive each other's answers.
 */
export function bindSocket(
  fd: number,
  transport: SocketProtocol,
  address: Uint8Array,
  port: number,
): number {
  if (transport === IPPROTO_TCP) {
    const reuse = setInteger(fd, SOL_SOCKET, SO_REUSEADDR, 1);
    if (reuse < 0) return reuse;
  }
  const local = encodeSockaddr(address, port);
  return answer(libc.bind(fd, local, local.length));
}

/**
 * Makes a TCP connection end by RST when its socket is closed, so that its port may be used again for
 * the same target at once (socket(7), SO_LINGER).
 */
export function resetOnClose(fd: number): number {
  return answer(libc.setsockopt(fd, SOL_SOCKET, SO_LINGER, noLinger, noLinger.byteLength));
}

/**
 * Makes a socket report errors about what it sent that the kernel hides by default: of a UDP socket,
 * ICMP errors that are not final, such as an unreachable host; of a raw socket, packets that the
 * interface's queue dropped.
 */
export function setReceiveErrors(fd: number, family: number): number {
  return family === AF_INET6
    ? setInteger(fd, IPPROTO_IPV6, IPV6_RECVERR, 1)
    : setInteger(fd, IPPROTO_IP, IP_RECVERR, 1);
}

/** Sets how many octets of what the socket sends may wait in the kernel. */
export function setSendBuffer(fd: number, octets: number): number {
  return setInteger(fd, SOL_SOCKET, SO_SNDBUF, octets);
}

/** Sends UDP datagrams without a checksum: as zero (RFC 768, RFC 6935). */
export function setZeroChecksum(fd: number, family: number): number {
  return family === AF_INET6
    ? setInteger(fd, IPPROTO_UDP, UDP_NO_CHECK6_TX, 1)
    : setInteger(fd, SOL_SOCKET, SO_NO_CHECK, 1);
}

/**
 * Lets the kernel choose the socket's port from a part of those that it chooses from (ip(7)), over
 * IPv6 too; 0 and 0 for all of them. `-ENOPROTOOPT` before Linux 6.3.
 */
export function setLocalPorts(fd: number, first: number, last: number): number {
  return setInteger(fd, IPPROTO_IP, IP_LOCAL_PORT_RANGE, last << 16 | first);
}

/** Makes the kernel refuse, with `-EMSGSIZE`, datagrams that would be sent in fragments. */
export function forbidFragments(fd: number, family: number): number {
  return family === AF_INET6
    ? setInteger(fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, PMTUDISC_DO)
    : setInteger(fd, IPPROTO_IP, IP_MTU_DISCOVER, PMTUDISC_DO);
}

/** The longest packet that gets to where a socket is connected to, as far as the kernel knows. */
export function pathMtu(fd: number, family: number): number {
  const [level, option] = family === AF_INET6 ? [IPPROTO_IPV6, IPV6_MTU] : [IPPROTO_IP, IP_MTU];
  length[0] = 4;
  const result = answer(libc.getsockopt(fd, level, option, integer, length));
  return result < 0 ? result : integer[0]!;
}

/** Sets the firewall mark of what the socket sends. */
export function setMark(fd: number, mark: number): number {
  return setInteger(fd, SOL_SOCKET, SO_MARK, mark);
}

/** Sets the differentiated services codepoint, 0 to 63 (RFC 2474). */
export function setDscp(fd: number, family: number, dscp: number): number {
  return family === AF_INET6
    ? setInteger(fd, IPPROTO_IPV6, IPV6_TCLASS, dscp << 2)
    : setInteger(fd, IPPROTO_IP, IP_TOS, dscp << 2);
}

/** Sets the time to live, or hop limit, 1 to 255. */
export function setTtl(fd: number, family: number, ttl: number): number {
  return family === AF_INET6
    ? setInteger(fd, IPPROTO_IPV6, IPV6_UNICAST_HOPS, ttl)
    : setInteger(fd, IPPROTO_IP, IP_TTL, ttl);
}

/** Sets the maximum segment size that the SYN announces (RFC 9293, section 3.7.1). */
export function setMss(fd: number, mss: number): number {
  return setInteger(fd, IPPROTO_TCP, TCP_MAXSEG, mss);
}

/** Begins to connect to a socket address. `-EINPROGRESS` is the usual answer. */
export function startConnect(fd: number, remote: Uint8Array<ArrayBuffer>): number {
  return answer(libc.connect(fd, remote, remote.length));
}

/**
 * Begins to connect with TCP Fast Open (RFC 7413): with a cookie that the kernel holds, the data goes
 * out in the SYN; without one, the SYN asks for a cookie. How many octets the kernel took;
 * `-EINPROGRESS` when it took none.
 */
export function startFastOpen(
  fd: number,
  remote: Uint8Array<ArrayBuffer>,
  data: Uint8Array<ArrayBuffer>,
): number {
  const flags = MSG_FASTOPEN | MSG_NOSIGNAL;
  return answer(libc.sendto(fd, data, BigInt(data.length), flags, remote, remote.length));
}

/** The socket's own address and port; the unspecified address before the kernel has chosen. */
export function localEndpoint(fd: number): Endpoint {
  length[0] = SOCKADDR_LENGTH;
  const result = answer(libc.getsockname(fd, sockaddr, length));
  if (result < 0) throw new Error(`getsockname failed with error ${-result}`);
  return decodeSockaddr(sockaddr);
}

/**
 * Takes the socket's pending error number, 0 when there is none. An attempt that still waits may
 * have a soft error: an ICMP error that the kernel did not take as final.
 */
export function takeError(fd: number): number {
  length[0] = 4;
  const result = answer(libc.getsockopt(fd, SOL_SOCKET, SO_ERROR, integer, length));
  return result < 0 ? -result : integer[0]!;
}

/** Sends what the kernel takes of the data; how many octets it took. */
export function sendSome(fd: number, data: Uint8Array<ArrayBuffer>): number {
  return answer(libc.send(fd, data, BigInt(data.length), MSG_NOSIGNAL));
}

/** Receives what is there into a buffer; how many octets, 0 when the peer has closed. */
export function receiveSome(fd: number, buffer: Uint8Array<ArrayBuffer>): number {
  return answer(libc.recv(fd, buffer, BigInt(buffer.length), 0));
}

function setInteger(fd: number, level: number, option: number, value: number): number {
  integer[0] = value;
  return answer(libc.setsockopt(fd, level, option, integer, 4));
}
