import { addressText } from "../host/address.ts";
import type { Endpoint } from "../contract/job.ts";
import { IPPROTO_TCP, IPPROTO_UDP } from "../host/ip_protocol.ts";

// Linux cooked capture, version 2: the protocol at 0, the interface's number at 4, the packet at 20.
// IPv4: RFC 791, section 3.1. IPv6: RFC 8200, section 3.

const INTERFACE = 4;
const PACKET = 20;

/** The endpoints of a packet, and the number of the interface that it was seen on. */
export interface PacketEndpoints {
  readonly interface: number;
  readonly source: Endpoint;
  readonly destination: Endpoint;
}

/**
 * The ends of a TCP segment or a datagram in a frame of link type `LINUX_SLL2`; null when it is
 * something else, or does not show its ports at once.
 */
export function endsOf(frame: Uint8Array): PacketEndpoints | null {
  if (frame.length <= PACKET) return null;
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  const index = view.getUint32(INTERFACE);
  const version = frame[PACKET]! >> 4;
  const place = version === 4 ? inIpv4(view) : version === 6 ? inIpv6(view) : null;
  if (place === null || place.ports + 4 > frame.length) return null;
  const end = (address: number, port: number) => ({
    address: addressText(frame.subarray(address, address + place.length)),
    port: view.getUint16(port),
  });
  return {
    interface: index,
    source: end(place.source, place.ports),
    destination: end(place.source + place.length, place.ports + 2),
  };
}

/** Where a packet has its addresses, their length, and its ports. */
interface PacketLayout {
  readonly source: number;
  readonly length: number;
  readonly ports: number;
}

function inIpv4(view: DataView): PacketLayout | null {
  if (view.byteLength < PACKET + 20) return null;
  const isLater = (view.getUint16(PACKET + 6) & 0x1fff) !== 0;
  if (isLater || !isPorted(view.getUint8(PACKET + 9))) return null;
  const header = (view.getUint8(PACKET) & 0x0f) << 2;
  return { source: PACKET + 12, length: 4, ports: PACKET + header };
}

function inIpv6(view: DataView): PacketLayout | null {
  if (view.byteLength < PACKET + 40 || !isPorted(view.getUint8(PACKET + 6))) return null;
  return { source: PACKET + 8, length: 16, ports: PACKET + 40 };
}

function isPorted(protocol: number): boolean {
  return protocol === IPPROTO_TCP || protocol === IPPROTO_UDP;
}
