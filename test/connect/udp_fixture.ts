import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import type { ConnectionType, Connects } from "../../src/connect/connection_type.ts";
import type { Endpoint } from "../../src/contract/job.ts";
import { withOpen } from "./fixture.ts";

/** What a test's server does with a datagram; it may answer any number of times. */
export type DatagramHandler = (
  datagram: Uint8Array,
  answer: (octets: Uint8Array, from?: Socket) => Promise<void>,
  from: Endpoint,
) => void | Promise<void>;

/** Plays beside a UDP server on loopback, which has ended when this returns. */
export async function besideUdp(
  reply: DatagramHandler,
  play: (remote: Endpoint) => Promise<void>,
  address = "127.0.0.1",
): Promise<void> {
  const socket = await open(address);
  const busy = new Set<Promise<void>>();
  const failures: unknown[] = [];
  socket.on("message", (message: Uint8Array, { address, port }: RemoteInfo) => {
    const answer = (octets: Uint8Array, from = socket) =>
      new Promise<void>((resolve) => from.send(octets, port, address, () => resolve()));
    const work = Promise.resolve(reply(new Uint8Array(message), answer, { address, port }))
      .catch((error) => failures.push(error)).then(() => {});
    busy.add(work);
    work.finally(() => busy.delete(work));
  });
  try {
    await play({ address, port: socket.address().port });
  } finally {
    await Promise.all(busy);
    await new Promise<void>((resolve) => socket.close(() => resolve()));
  }
  if (failures.length > 0) throw failures[0];
}

/** Plays with a connection type, opened beside a UDP server as of {@linkcode besideUdp}. */
export function besideOpened(type: ConnectionType) {
  return (
    reply: DatagramHandler,
    play: (connects: Connects, remote: Endpoint) => Promise<void>,
    address?: string,
  ): Promise<void> =>
    withOpen(
      type.open,
      (connects) => besideUdp(reply, (remote) => play(connects, remote), address),
    );
}

/** A UDP socket, on a free port unless one is given. */
export function open(address: string, port = 0): Promise<Socket> {
  const socket = createSocket(address.includes(":") ? "udp6" : "udp4");
  return new Promise((resolve) => socket.bind(port, address, () => resolve(socket)));
}

/** A closed port on loopback. */
export async function silence(address = "127.0.0.1"): Promise<Endpoint> {
  const socket = await open(address);
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(() => resolve()));
  return { address, port };
}
