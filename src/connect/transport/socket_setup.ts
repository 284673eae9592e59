import type { SocketOptions } from "../../contract/connection.ts";
import { ERRNO, errnoName } from "../../host/errno.ts";
import { Failure } from "../../host/failure.ts";
import { noAddress, noInterface } from "../../host/missing.ts";
import {
  bindSocket,
  bindToInterface,
  setDscp,
  setMark,
  setMss,
  setReceiveErrors,
  setTtl,
  setZeroChecksum,
  type SocketProtocol,
} from "../../host/socket.ts";
import { addressBytes, AF_INET } from "../../host/address.ts";
import type { SocketSettings } from "./socket_settings.ts";
import { IPPROTO_UDP } from "../../host/ip_protocol.ts";

/**
 * Gives a new socket its interface and what the arm asks of it.
 *
 * @returns 0, or the negated error number of a bind that concerns this attempt alone.
 * @throws {Failure} for what would fail every attempt: no privilege, no interface, a bad value.
 */
export function setUp(
  fd: number,
  transport: SocketProtocol,
  family: number,
  settings: SocketSettings,
  options: SocketOptions,
  mark: number | undefined,
): number {
  const device = settings.interface;
  if (device !== null) require(bindToInterface(fd, device), "interface", device);
  if (mark !== undefined) require(setMark(fd, mark), "mark", mark);
  const { dscp, ttl, mss } = options;
  if (dscp !== undefined) require(setDscp(fd, family, dscp), "dscp", dscp);
  if (ttl !== undefined) require(setTtl(fd, family, ttl), "ttl", ttl);
  if (mss !== undefined) require(setMss(fd, mss), "mss", mss);
  if (transport === IPPROTO_UDP) {
    require(setReceiveErrors(fd, family), "receiving errors", "true");
    if (options.zeroChecksum) require(setZeroChecksum(fd, family), "zeroChecksum", "true");
  }
  const port = options.bindPort ?? 0;
  require(settings.ports?.assign(fd, port) ?? 0, "local port", port);
  const source = settings.sources?.[family === AF_INET ? 4 : 6];
  if (port === 0 && source === undefined) return 0;
  const address = source === undefined
    ? new Uint8Array(family === AF_INET ? 4 : 16)
    : addressBytes(source);
  const bound = bindSocket(fd, transport, address, port);
  if (bound === -ERRNO.EADDRINUSE) return bound;
  if (bound === -ERRNO.EADDRNOTAVAIL && source !== undefined) throw noAddress(source);
  return require(bound, "local port", port);
}

/** Passes on a result that is no error, and explains local errors. */
function require(result: number, option: string, value: number | string): number {
  if (result >= 0) return result;
  const errno = -result;
  if (errno === ERRNO.ENODEV) throw noInterface(String(value));
  if (errno === ERRNO.EPERM || errno === ERRNO.EACCES) {
    throw new Failure(`not allowed to set ${option} ${value} on a connection: run as root`);
  }
  throw new Failure(`cannot set ${option} ${value} on a connection (${errnoName(errno)})`);
}

/**
 * Says what to do when this host, not the network, has no room for another connection.
 *
 * @throws {Failure} when the error number is of that kind.
 */
export function checkResources(errno: number): void {
  switch (errno) {
    case ERRNO.EMFILE:
      throw new Failure(
        "this process may open no more sockets: raise the limit with `ulimit -n`, or lower --workers",
      );
    case ERRNO.ENFILE:
      throw new Failure(
        "the system may open no more files: raise the sysctl fs.file-max, or lower --workers",
      );
    case ERRNO.ENOBUFS:
    case ERRNO.ENOMEM:
      throw new Failure("the kernel has no memory for another socket: lower --workers");
  }
}
