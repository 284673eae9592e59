import type { Endpoint } from "../contract/job.ts";
import { PacketReader } from "./views/packet_reader.ts";

// Linux cooked capture, version 2: the number of the interface at 4, the packet at 20.

const INTERFACE = 4;
const PACKET = 20;

/** The endpoints of a packet, and the number of the interface that it was seen on. */
export interface PacketEndpoints {
  readonly interface: number;
  readonly source: Endpoint;
  readonly destination: Endpoint;
}

let reader: PacketReader | undefined;

/**
 * The ends of a TCP segment or a datagram in a frame of link type `LINUX_SLL2`; null when it is
 * something else, or does not show its ports.
 */
export function endsOf(frame: Uint8Array): PacketEndpoints | null {
  if (frame.length <= PACKET) return null;
  const packet = (reader ??= new PacketReader()).read(frame.subarray(PACKET));
  if (packet === null) return null;
  const { ip, sourcePort, destinationPort } = packet;
  if (sourcePort === null || destinationPort === null) return null;
  return {
    interface: new DataView(frame.buffer, frame.byteOffset).getUint32(INTERFACE),
    source: { address: ip.source, port: sourcePort },
    destination: { address: ip.destination, port: destinationPort },
  };
}
