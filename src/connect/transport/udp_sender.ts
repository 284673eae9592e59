import type { SocketOptions } from "../../contract/connection.ts";
import type { Endpoint } from "../../contract/job.ts";
import type { PacketSpec } from "../../contract/packet.ts";
import { Failure } from "../../host/failure.ts";
import { sendSome } from "../../host/socket.ts";
import type { ConnectRequest } from "../connection_type.ts";
import { ipSpec } from "./ip_spec.ts";

/** A datagram to send: through which socket, between whom, and what it carries. */
export interface Datagram {
  readonly fd: number;
  readonly local: Endpoint;
  readonly remote: Endpoint;
  readonly payload: Uint8Array<ArrayBuffer>;
}

/** Sends a datagram: 0 when it was sent, else the error number. */
export type Sender = (datagram: Datagram) => number | Promise<number>;

/** Sends a forged packet, with a firewall mark or without: 0 when it was sent, else the error number. */
export type SendForged = (packet: PacketSpec, mark: number | undefined) => Promise<number>;

/**
 * Checks that what is to be forged can be.
 *
 * @throws {Failure} when it cannot: the feature that an arm tests is never left out
 */
export function checkForging({ forge }: ConnectRequest, sendForged: SendForged | undefined): void {
  if (forge === undefined || sendForged !== undefined) return;
  throw new Failure(
    "this connection type cannot send the forged packet of an arm: choose another with --connect",
  );
}

/**
 * How the datagrams of a request are sent: by the socket, or forged where the arm says so. The
 * socket receives the answer in both cases.
 */
export function senderFor(
  { forge, socket }: ConnectRequest,
  sendForged: SendForged | undefined,
): Sender {
  if (forge === undefined || sendForged === undefined) {
    return ({ fd, payload }) => Math.max(0, -sendSome(fd, payload));
  }
  return (datagram) => {
    const packet = forge(packetOf(datagram, socket));
    checkEnds(packet, datagram);
    return sendForged(packet, socket.mark);
  };
}

/** The packet that a socket sends for a datagram. */
export function packetOf(
  { local, remote, payload }: Omit<Datagram, "fd">,
  socket: SocketOptions,
): PacketSpec {
  return {
    ip: ipSpec(local, remote, socket),
    transport: {
      kind: "udp",
      sourcePort: local.port,
      destinationPort: remote.port,
      ...(socket.zeroChecksum ? { checksum: 0 } : {}),
    },
    payload,
  };
}

/** The socket would not receive an answer to another address or port. */
function checkEnds({ ip, transport }: PacketSpec, { local, remote }: Datagram): void {
  const same = transport.kind === "udp" && ip.source === local.address &&
    ip.destination === remote.address && transport.sourcePort === local.port &&
    transport.destinationPort === remote.port;
  if (same) return;
  throw new Failure(
    "an arm forges a packet with other addresses, ports or protocol than its connection has: leave " +
      "them as they are, or forge it over the connection type that sends any packet",
  );
}
