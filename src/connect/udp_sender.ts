import type { SocketOptions } from "../contract/connection.ts";
import type { Endpoint } from "../contract/job.ts";
import type { PacketSpec } from "../contract/packet.ts";
import { Failure } from "../host/failure.ts";
import { sendSome } from "../host/socket.ts";
import type { ConnectRequest } from "./connection_type.ts";

/** A datagram to send: through which socket, between whom, and what it carries. */
export interface Datagram {
  readonly fd: number;
  readonly local: Endpoint;
  readonly remote: Endpoint;
  readonly payload: Uint8Array<ArrayBuffer>;
}

/** Sends a datagram: 0 or more when it was sent, else the negated error number. */
export type Sender = (datagram: Datagram) => number;

/**
 * How the datagrams of a request are sent: by the socket, or forged where the arm says so.
 *
 * @throws {Failure} when they would have to be forged: what an arm stands for is never left out
 */
export function senderFor({ forge }: ConnectRequest): Sender {
  if (forge === undefined) return ({ fd, payload }) => sendSome(fd, payload);
  throw new Failure(
    "This connection type cannot send the forged packet of an arm: choose another with --connect.",
  );
}

/** The packet that the socket would send, for an arm to change. */
export function packetOf(
  { local, remote, payload }: Omit<Datagram, "fd">,
  { ttl, dscp, zeroChecksum }: SocketOptions,
): PacketSpec {
  return {
    ip: {
      source: local.address,
      destination: remote.address,
      ...(ttl === undefined ? {} : { ttl }),
      ...(dscp === undefined ? {} : { dscp }),
    },
    transport: {
      kind: "udp",
      sourcePort: local.port,
      destinationPort: remote.port,
      ...(zeroChecksum ? { checksum: 0 } : {}),
    },
    payload,
  };
}
