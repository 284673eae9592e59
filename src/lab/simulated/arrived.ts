import { IPPROTO_ICMP, IPPROTO_ICMPV6, IPPROTO_TCP, IPPROTO_UDP } from "../../host/ip_protocol.ts";

/** Octets of an IPv6 header. */
const IPV6 = 40;
/** Octets of the shortest header of TCP, and of one of UDP or ICMP. */
const TCP = 20;
const HEADER = 8;

/** Protocols that have a checksum. */
const CHECKED: readonly number[] = [IPPROTO_TCP, IPPROTO_UDP, IPPROTO_ICMP, IPPROTO_ICMPV6];

/** A packet that has arrived at a host, read as far as a kernel reads it. */
export interface Arrived {
  readonly octets: Uint8Array<ArrayBuffer>;
  readonly version: 4 | 6;
  /** Of TCP, UDP or ICMP; any other number has no ports, flags and so on. */
  readonly protocol: number;
  /** ECN field (RFC 3168, section 5). */
  readonly ecn: number;
  /** Octets from the packet's begin to its transport header. */
  readonly transport: number;
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly sequence: number;
  readonly acknowledgment: number;
  readonly flags: number;
  /** What follows the transport header. */
  readonly payload: Uint8Array<ArrayBuffer>;
}

/** Reads a packet. Null when it is damaged, which a kernel passes over. */
export function arrived(octets: Uint8Array<ArrayBuffer>): Arrived | null {
  const version = octets[0]! >> 4 === 4 ? 4 : 6;
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
  const transport = version === 4 ? (octets[0]! & 15) * 4 : IPV6;
  const protocol = octets[version === 4 ? 9 : 6]!;
  const ecn = version === 4 ? octets[1]! & 3 : octets[1]! >> 4 & 3;
  const isTcp = protocol === IPPROTO_TCP;
  const least = isTcp ? TCP : HEADER;
  if (octets.length < transport + least) return null;
  const header = isTcp ? (octets[transport + 12]! >> 4) * 4 : HEADER;
  if (header < least || octets.length < transport + header) return null;
  if (!isSound(view, version, protocol, transport)) return null;
  const hasPorts = isTcp || protocol === IPPROTO_UDP;
  return {
    octets,
    version,
    protocol,
    ecn,
    transport,
    sourcePort: hasPorts ? view.getUint16(transport) : 0,
    destinationPort: hasPorts ? view.getUint16(transport + 2) : 0,
    sequence: isTcp ? view.getUint32(transport + 4) : 0,
    acknowledgment: isTcp ? view.getUint32(transport + 8) : 0,
    flags: isTcp ? octets[transport + 13]! : 0,
    payload: octets.subarray(transport + header),
  };
}

/** The data of the first TCP option of a kind; null without one. */
export function optionOf({ octets, transport, payload }: Arrived, kind: number): Uint8Array | null {
  const end = octets.length - payload.length;
  for (let at = transport + TCP; at < end;) {
    const found = octets[at]!;
    if (found === 0) break;
    const length = found === 1 ? 1 : octets[at + 1] ?? 0;
    if (length === 0 || at + length > end) break;
    if (found === kind) return octets.subarray(at + 2, at + length);
    at += length;
  }
  return null;
}

/** Whether the transport's checksum is right, or is none where there may be none (RFC 768, RFC 8200). */
function isSound(view: DataView, version: 4 | 6, protocol: number, transport: number): boolean {
  if (!CHECKED.includes(protocol)) return true;
  if (protocol === IPPROTO_UDP && view.getUint16(transport + 6) === 0) return version === 4;
  const end = view.byteLength;
  let sum = protocol === IPPROTO_ICMP ? 0 : pseudoSum(view, version) + protocol + end - transport;
  for (let at = transport; at + 1 < end; at += 2) sum += view.getUint16(at);
  if ((end - transport) % 2 === 1) sum += view.getUint8(end - 1) << 8;
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return sum === 0xffff;
}

/** The sum of both addresses. */
function pseudoSum(view: DataView, version: 4 | 6): number {
  const [from, to] = version === 4 ? [12, 20] : [8, IPV6];
  let sum = 0;
  for (let at = from; at < to; at += 2) sum += view.getUint16(at);
  return sum;
}
