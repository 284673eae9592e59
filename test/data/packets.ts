/** Builds packets octet by octet, for tests. Every field can be set, also to a wrong value. */

/** Octets side by side. */
export function join(
  ...parts: readonly (Uint8Array | readonly number[])[]
): Uint8Array<ArrayBuffer> {
  let length = 0;
  for (const part of parts) length += part.length;
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Two octets in network byte order. */
export function be16(value: number): number[] {
  return [(value >> 8) & 255, value & 255];
}

/** Four octets in network byte order. */
export function be32(value: number): number[] {
  return [(value >>> 24) & 255, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
}

/** Addresses of packets, as octets. */
export const A4 = [192, 0, 2, 1];
export const B4 = [198, 51, 100, 7];
export const A6 = [0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
export const B6 = [0x20, 1, 0x0d, 0xb8, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2];

export const ICMP = 1;
export const TCP = 6;
export const UDP = 17;
export const DCCP = 33;
export const ICMP6 = 58;
export const SCTP = 132;
export const UDPLITE = 136;
export const FIN = 1, SYN = 2, RST = 4, ACK = 16, ECE = 64, CWR = 128, AE = 256;

export interface Ip4 {
  source?: readonly number[];
  destination?: readonly number[];
  protocol?: number;
  tos?: number;
  total?: number;
  headerWords?: number;
  /** Identification; 1 when missing. */
  id?: number;
  /** The 16 bits of flags and fragment offset. */
  fragment?: number;
  ttl?: number;
  options?: readonly number[];
}

/** An IPv4 packet; lengths are right unless they are given. */
export function ip4(payload: Uint8Array, ip: Ip4 = {}): Uint8Array<ArrayBuffer> {
  const options = ip.options ?? [];
  const header = 20 + options.length;
  return join(
    [0x40 | (ip.headerWords ?? header >> 2), ip.tos ?? 0],
    be16(ip.total ?? header + payload.length),
    be16(ip.id ?? 1),
    be16(ip.fragment ?? 0),
    [ip.ttl ?? 64, ip.protocol ?? TCP, 0, 0],
    ip.source ?? A4,
    ip.destination ?? B4,
    options,
    payload,
  );
}

export interface Ip6 {
  source?: readonly number[];
  destination?: readonly number[];
  next?: number;
  trafficClass?: number;
  length?: number;
  hopLimit?: number;
}

/** An IPv6 packet; extension headers are part of the payload. */
export function ip6(payload: Uint8Array, ip: Ip6 = {}): Uint8Array<ArrayBuffer> {
  const trafficClass = ip.trafficClass ?? 0;
  return join(
    [0x60 | (trafficClass >> 4), (trafficClass & 15) << 4, 0, 0],
    be16(ip.length ?? payload.length),
    [ip.next ?? TCP, ip.hopLimit ?? 64],
    ip.source ?? A6,
    ip.destination ?? B6,
    payload,
  );
}

/** An IPv6 fragment header (RFC 8200, section 4.5); the offset is in units of eight octets. */
export function fragment6(
  next: number,
  offset: number,
  more: boolean,
  id: number,
): Uint8Array<ArrayBuffer> {
  return join([next, 0], be16(offset << 3 | (more ? 1 : 0)), be32(id));
}

export interface Tcp {
  source?: number;
  destination?: number;
  sequence?: number;
  acknowledgment?: number;
  window?: number;
  /** The nine flags, AE = 0x100. */
  flags?: number;
  words?: number;
  options?: readonly number[];
  payload?: Uint8Array;
}

/** A TCP segment. Options are padded to whole words. */
export function tcp(segment: Tcp = {}): Uint8Array<ArrayBuffer> {
  const options = [...segment.options ?? []];
  while (options.length % 4 !== 0) options.push(0);
  return join(
    be16(segment.source ?? 40000),
    be16(segment.destination ?? 80),
    be32(segment.sequence ?? 1000),
    be32(segment.acknowledgment ?? 0),
    be16((segment.words ?? 5 + options.length / 4) << 12 | (segment.flags ?? ACK)),
    be16(segment.window ?? 0xffff),
    [0, 0, 0, 0],
    options,
    segment.payload ?? [],
  );
}

/** The Timestamps option with the padding that is usual. */
export function timestamps(value: number, echo: number): number[] {
  return [1, 1, 8, 10, ...be32(value), ...be32(echo)];
}

/** A UDP datagram. */
export function udp(
  payload: Uint8Array,
  source = 5000,
  destination = 53,
  checksum = 0,
): Uint8Array<ArrayBuffer> {
  const length = be16(8 + payload.length);
  return join(be16(source), be16(destination), length, be16(checksum), payload);
}

/** An ICMP error of either version, quoting a packet. */
export function icmpError(type: number, code: number, quoted: Uint8Array): Uint8Array<ArrayBuffer> {
  return join([type, code, 0, 0, 0, 0, 0, 0], quoted);
}

/** An Ethernet frame, with VLAN tags (their EtherTypes) in front of the packet. */
export function ethernet(
  packet: Uint8Array,
  tags: readonly number[] = [],
): Uint8Array<ArrayBuffer> {
  const types = [...tags, etherType(packet)];
  return join(
    new Uint8Array(12),
    be16(types[0]!),
    ...types.slice(1).map((next) => [0, 1, ...be16(next)]),
    packet,
  );
}

/** A Linux cooked frame, version 1. */
export function sll(packet: Uint8Array, type = etherType(packet)): Uint8Array<ArrayBuffer> {
  return join(new Uint8Array(14), be16(type), packet);
}

/** A Linux cooked frame, version 2. */
export function sll2(packet: Uint8Array, type = etherType(packet)): Uint8Array<ArrayBuffer> {
  return join(be16(type), new Uint8Array(18), packet);
}

/** A BSD loopback frame, its address family in either byte order. */
export function loopback(
  packet: Uint8Array,
  family: number,
  bigEndian: boolean,
): Uint8Array<ArrayBuffer> {
  return join(bigEndian ? be32(family) : be32(family).reverse(), packet);
}

function etherType(packet: Uint8Array): number {
  return packet[0]! >> 4 === 6 ? 0x86dd : 0x0800;
}

/** A frame with its time and its length on the wire. */
export interface Frame {
  /** Seconds since 1970. */
  readonly time: number;
  readonly data: Uint8Array;
  /** Octets on the wire; those of the frame when missing. */
  readonly wire?: number;
}

/** What pcap_dump(3) writes for frames, with times in nanoseconds. */
export function records(frames: readonly Frame[]): Uint8Array<ArrayBuffer> {
  let length = 0;
  for (const { data } of frames) length += 16 + data.length;
  const whole = new Uint8Array(length);
  const view = new DataView(whole.buffer);
  let at = 0;
  for (const { time, data, wire } of frames) {
    view.setUint32(at, Math.floor(time), true);
    view.setUint32(at + 4, Math.round((time % 1) * 1e6) * 1000, true);
    view.setUint32(at + 8, data.length, true);
    view.setUint32(at + 12, wire ?? data.length, true);
    whole.set(data, at + 16);
    at += 16 + data.length;
  }
  return whole;
}

/** A pcap file of frames, with times in nanoseconds. */
export function pcapFile(frames: readonly Frame[], linkType = 1): Uint8Array<ArrayBuffer> {
  const header = new DataView(new ArrayBuffer(24));
  header.setUint32(0, 0xa1b23c4d, true);
  header.setUint16(4, 2, true);
  header.setUint16(6, 4, true);
  header.setUint32(16, 262144, true);
  header.setUint32(20, linkType, true);
  return join(new Uint8Array(header.buffer), records(frames));
}
