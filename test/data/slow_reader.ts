/**
 * An independent reader of frames, slow and plain, to compare the dissector with. It works on a
 * copy that ends where the packet ends, so it cannot read beyond, and returns the outcome of a
 * frame: the counter that goes up, or the flow that it begins.
 */

import type { SlowPacket } from "./slow_chains.ts";
import { behindLink } from "./slow_links.ts";
import { Bad, Ended, Octets, Short } from "./slow_octets.ts";
import { behindTunnel } from "./slow_tunnels.ts";

/** The result of one frame in an empty flow table. */
export type FrameResult = { readonly counter: string } | {
  readonly version: number;
  readonly source: readonly number[];
  readonly destination: readonly number[];
  readonly protocol: number;
  readonly sourcePort: number | null;
  readonly destinationPort: number | null;
  readonly octets: number;
  /** Why the packet inside it is not the one: the counter of that; null when there is nothing inside. */
  readonly outer: string | null;
  /** What the chains look at. */
  readonly packet: SlowPacket;
};

/** Reads a frame of a link type with a length on the wire. */
export function read(frame: Uint8Array, wire: number, link: number): FrameResult {
  const cut = frame.length < wire;
  let layer = "malformed_link";
  try {
    const found = behindLink(new Octets([...frame], Math.max(frame.length, wire)), link);
    layer = "malformed_ip";
    const ip = readIp(found.packet);
    layer = `malformed_${layerOf(ip)}`;
    return innermost(readTransport(ip), found.headers);
  } catch (error) {
    if (error instanceof Ended) return { counter: error.message };
    if (error instanceof Short && cut) return { counter: "truncated" };
    if (error instanceof Short || error instanceof Bad) return { counter: layer };
    throw error;
  }
}

/** The packet in the tunnels that a packet is of, as far as they can be followed. */
function innermost(packet: Read, headers: readonly string[]): FrameResult {
  const inner = inside(packet, headers);
  if (inner !== null && typeof inner === "object") return innermost(inner.packet, inner.headers);
  if (packet.isLater) throw new Ended("fragments_orphaned");
  const { transport, ...rest } = packet;
  return { ...rest, outer: inner, packet: { ...rest, headers, transport: transport.octets } };
}

/** What is in the tunnel that a packet is of; why it cannot be followed; null when it is no tunnel. */
function inside(packet: Read, headers: readonly string[]) {
  if (packet.protocol === 6 || packet.isFirst || packet.isLater) return null;
  try {
    const found = behindTunnel(packet, headers);
    return found && { packet: readTransport(readIp(found.packet)), headers: found.headers };
  } catch (error) {
    return whyOuter(error);
  }
}

function whyOuter(error: unknown): string {
  if (error instanceof Short || error instanceof Bad) return "outer_unread";
  if (!(error instanceof Ended)) throw error;
  return error.message === "encap_too_deep" ? "outer_too_deep" : "outer_not_ip";
}

function layerOf({ protocol }: Ip): string {
  const own: Readonly<Record<number, string>> = { 6: "tcp", 17: "udp", 1: "icmp", 58: "icmp" };
  return own[protocol] ?? "transport";
}

interface Ip {
  readonly version: number;
  readonly source: readonly number[];
  readonly destination: readonly number[];
  readonly protocol: number;
  readonly trafficClass: number;
  readonly ttl: number;
  readonly reserved: boolean;
  readonly octets: number;
  /** Octets of the transport there were on the wire, and those that were captured. */
  readonly room: number;
  readonly transport: Octets;
  /** Whether it is the first of several fragments, or a later one. */
  readonly isFirst: boolean;
  readonly isLater: boolean;
}

/** A packet whose transport was read. */
interface Read extends Ip {
  readonly isWhole: boolean;
  readonly sourcePort: number | null;
  readonly destinationPort: number | null;
}

const LONGEST = 1 << 24;

function readIp(packet: Octets): Ip {
  return packet.at(0) >> 4 === 4 ? readIp4(packet) : readIp6(packet);
}

function readIp4(packet: Octets): Ip {
  const onWire = packet.wire;
  packet.take(0, 20);
  const header = (packet.at(0) & 15) * 4;
  const total = packet.at16(2) || Math.min(onWire, LONGEST);
  if (header < 20 || total < header) throw new Bad();
  packet.take(0, header);
  const isLater = packet.at16(6) % 0x2000 !== 0;
  let protocol = packet.at(9);
  let at = header;
  const whole = packet.first(total);
  while (protocol === 51 && !isLater) {
    if (at + 8 > total) throw new Bad();
    const [next, units] = whole.take(at, 8);
    at += (units! + 2) * 4;
    if (at > total) throw new Bad();
    whole.take(0, at);
    protocol = next!;
  }
  if (total > onWire) throw new Bad();
  return {
    version: 4,
    source: packet.take(12, 4),
    destination: packet.take(16, 4),
    protocol,
    trafficClass: packet.at(1),
    ttl: packet.at(8),
    reserved: packet.at(6) >= 128,
    octets: total,
    room: total - at,
    transport: whole.from(at),
    isFirst: !isLater && (packet.at(6) & 0x20) !== 0,
    isLater,
  };
}

function readIp6(packet: Octets): Ip {
  const onWire = packet.wire;
  packet.take(0, 40);
  let protocol = packet.at(6);
  const length = packet.at16(4);
  const jumbo = length === 0 && protocol === 0 ? slowJumbo(packet.octets.slice(40)) : 0;
  const total = length > 0 || protocol === 59
    ? 40 + length
    : jumbo > 65_535
    ? 40 + Math.min(jumbo, LONGEST)
    : onWire > 64
    ? Math.min(onWire, LONGEST)
    : 40;
  const whole = packet.first(total);
  let at = 40;
  let isFirst = false;
  let isLater = false;
  while (!isLater) {
    const known = [0, 43, 44, 51, 60, 135, 139, 140].includes(protocol);
    if (!known) break;
    if (at + 8 > total) throw new Bad();
    const [next, units] = whole.take(at, 8);
    if (protocol === 44) {
      isLater = whole.at16(at + 2) >> 3 !== 0;
      // Any of several may say so
      isFirst ||= whole.at(at + 3) % 2 === 1;
    }
    at += protocol === 44 ? 8 : protocol === 51 ? (units! + 2) * 4 : (units! + 1) * 8;
    if (at > total) throw new Bad();
    whole.take(0, at);
    protocol = next!;
  }
  if (total > onWire) throw new Bad();
  return {
    version: 6,
    source: packet.take(8, 16),
    destination: packet.take(24, 16),
    protocol,
    trafficClass: (packet.at(0) % 16) * 16 + (packet.at(1) >> 4),
    ttl: packet.at(7),
    reserved: false,
    octets: total,
    room: total - at,
    transport: whole.from(at),
    isFirst: isFirst && !isLater,
    isLater,
  };
}

/** What the first jumbo payload option says behind a hop-by-hop header's start; 0 where it is cut or wrong. */
function slowJumbo(captured: readonly number[]): number {
  if (captured.length < 8) return 0;
  let rest = captured.slice(2, (captured[1]! + 1) * 8);
  while (rest.length > 0) {
    const [type, size] = rest;
    if (type === 0) rest = rest.slice(1);
    else if (type !== 0xc2) rest = rest.slice(2 + (size ?? 0));
    else {
      const [a, b, c, d] = rest.slice(2);
      return size === 4 && d !== undefined ? ((a! * 256 + b!) * 256 + c!) * 256 + d : 0;
    }
  }
  return 0;
}

function readTransport(ip: Ip): Read {
  const { version, protocol, transport } = ip;
  if (ip.isLater) return { ...ip, sourcePort: null, destinationPort: null, isWhole: false };
  let isWhole = true;
  const need = (length: number) => {
    if (length > ip.room) throw new Bad();
    transport.take(0, length);
  };
  /** Whether there was room for so many octets; a first fragment may have some for the ports alone. */
  const hasRoom = (length: number) => {
    if (length <= ip.room) return true;
    if (!ip.isFirst) throw new Bad();
    isWhole = false;
    need(4);
    return false;
  };
  const holds = (length: number) => {
    if (!hasRoom(length)) return false;
    need(length);
    return true;
  };
  let ports: [number, number] | [null, null] = [null, null];
  if (protocol === 6) {
    if (holds(20)) {
      const header = (transport.at(12) >> 4) * 4;
      if (header < 20) throw new Bad();
      hasRoom(header);
    }
    ports = [transport.at16(0), transport.at16(2)];
  } else if (protocol === 17) {
    if (holds(8)) {
      const length = transport.at16(4);
      if (length !== 0 && length < 8) throw new Bad();
    }
    ports = [transport.at16(0), transport.at16(2)];
  } else if (protocol === 132) {
    holds(12);
    ports = [transport.at16(0), transport.at16(2)];
  } else if (protocol === 33) {
    if (holds(12)) {
      const header = transport.at(4) * 4;
      if (header < (transport.at(8) % 2 === 1 ? 16 : 12)) throw new Bad();
      hasRoom(header);
    }
    ports = [transport.at16(0), transport.at16(2)];
  } else if (protocol === 136) {
    if (holds(8)) {
      const covered = transport.at16(4);
      if (covered !== 0 && covered < 8 || !ip.isFirst && covered > ip.room) throw new Bad();
    }
    ports = [transport.at16(0), transport.at16(2)];
  } else if (protocol === (version === 4 ? 1 : 58)) need(8);
  const [sourcePort, destinationPort] = ports;
  return { ...ip, sourcePort, destinationPort, isWhole };
}
