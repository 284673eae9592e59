import {
  behindNext,
  behindType,
  behindTypeOrLength,
  type Found,
  inFrame,
  inPpp,
  listed,
  seemsFrame,
  unversioned,
} from "./slow_headers.ts";
import { Ended, type Octets } from "./slow_octets.ts";

/** A packet that may be a tunnel's. */
export interface Carrier {
  readonly version: number;
  readonly protocol: number;
  readonly transport: Octets;
  readonly destinationPort: number | null;
}

/** The packet in a tunnel; null when it is no tunnel. */
export function behindTunnel(carrier: Carrier, headers: readonly string[]): Found | null {
  const { protocol, version, transport } = carrier;
  switch (protocol) {
    case 4:
      return behindType(0x0800, transport, listed(headers, version === 4 ? "ipip" : "4in6"));
    case 41:
      return behindType(0x86dd, transport, listed(headers, version === 4 ? "6in4" : "6in6"));
    case 47:
      return routed(transport, headers);
    case 115:
      return pseudowire(transport, headers);
    case 17: {
      const datagram = transport.from(8);
      const length = (transport.at16(4) || transport.wire) - 8;
      const read = BY_PORT[carrier.destinationPort!];
      return read === undefined ? null : read(datagram, length, headers);
    }
  }
  return null;
}

const notIp = () => new Ended("not_ip");

function routed(packet: Octets, headers: readonly string[]): Found {
  packet.take(0, 4);
  const [flags, type] = [packet.at16(0), packet.at16(2)];
  const has = (bit: number) => (flags & bit) !== 0;
  if (flags % 8 === 1) {
    const right = has(0x2000) && !has(0x8000) && !has(0x4f00);
    if (!right || type !== 0x880b || !has(0x1000)) throw notIp();
    const content = packet.from(has(0x80) ? 16 : 12);
    return inPpp(content, listed(headers, `pptp:${packet.at16(6)}`));
  }
  if (flags % 8 !== 0 || has(0x4f00)) throw notIp();
  const key = has(0x8000) ? 8 : 4;
  const behindKey = key + (has(0x2000) ? 4 : 0);
  const content = packet.from(behindKey + (has(0x1000) ? 4 : 0));
  const more = listed(headers, has(0x2000) ? `gre:${packet.at32(key)}` : "gre");
  return type === 0x8909 ? groupFirst(content, more) : behindType(type, content, more);
}

/** Cisco's metadata with the type in front. */
function groupFirst(content: Octets, headers: readonly string[]): Found {
  content.take(0, 8);
  if (content.at(2) !== 1 || content.at(3) !== 1) throw notIp();
  const more = content.at16(4) % 4096 === 1 ? listed(headers, `sgt:${content.at16(6)}`) : headers;
  return behindTypeOrLength(content.at16(0), content.from(8), more);
}

function pseudowire(packet: Octets, headers: readonly string[]): Found {
  const number = packet.at32(0);
  if (number === 0) throw notIp();
  for (const at of [4, 8, 12, 16]) {
    if (at > packet.length || !seemsFrame(packet.from(at))) continue;
    return inFrame(packet.from(at), listed(headers, `l2tpv3:${number}`));
  }
  throw notIp();
}

type Reader = (payload: Octets, length: number, headers: readonly string[]) => Found | null;

const BY_PORT: Readonly<Record<number, Reader>> = {
  1701: (payload, length, headers) => {
    if (payload.length < 6) return null;
    const flags = payload.at16(0);
    if (flags >= 0x8000 || (flags & 0x34ff) !== 2) return null;
    let at = 2;
    if (flags & 0x4000) {
      if (payload.at16(2) !== length) return null;
      at = 4;
    }
    const numbers = at;
    at += flags & 0x0800 ? 8 : 4;
    if (flags & 0x0200) {
      if (at + 2 > length) return null;
      at += 2 + payload.at16(at);
    }
    if (at > length) return null;
    const content = payload.from(at);
    const [tunnel, session] = [payload.at16(numbers), payload.at16(numbers + 2)];
    if (tunnel === 0 || session === 0) return null;
    return inPpp(content, listed(headers, `l2tp:${tunnel}/${session}`));
  },
  2152: (payload, length, headers) => {
    if (payload.length < 8) return null;
    const first = payload.at(0);
    if (first >> 3 !== 6 || payload.at(1) !== 255 || payload.at16(2) + 8 !== length) return null;
    let at = 8;
    if (first % 8 !== 0) {
      if (length < 12) return null;
      at = 12;
      let next = payload.at(11);
      if ((first & 4) === 0) next = 0;
      while (next !== 0) {
        const octets = (payload.octets[at] ?? 1) * 4;
        if (octets === 0 || at + octets > length) return null;
        next = payload.take(at, octets).at(-1)!;
        at += octets;
      }
    }
    return unversioned(payload.from(at), listed(headers, `gtpu:${payload.at32(4)}`));
  },
  4789: (payload, _length, headers) => {
    if (payload.length < 8) return null;
    const [flags, group] = [payload.at(0), payload.at(0) === 0x88];
    const reserved = group ? payload.at(1) & 0xb7 : payload.at24(1);
    if (!group && flags !== 8 || reserved !== 0 || payload.at(7) !== 0) return null;
    return inFrame(payload.from(8), listed(headers, `vxlan:${payload.at24(4)}`));
  },
  4790: (payload, _length, headers) => {
    if (payload.length < 8) return null;
    const [flags, next] = [payload.at(0), payload.at(3)];
    const named = flags === 12;
    if (payload.at16(1) !== 0 || payload.at(7) !== 0) return null;
    if (!named && (flags !== 8 || next !== 0)) return null;
    const more = listed(headers, `vxlan-gpe:${payload.at24(4)}`);
    return behindNext(named ? next : 3, () => payload.from(8), more);
  },
  6081: (payload, length, headers) => {
    if (payload.length < 8) return null;
    const options = payload.at(0) * 4;
    if (payload.at(0) >= 64 || payload.at(1) % 64 !== 0 || payload.at(7) !== 0) return null;
    if (payload.at16(2) < 1536 || 8 + options > length) return null;
    const content = payload.from(8 + options);
    let at = 8;
    while (at < 8 + options) {
      const units = payload.at(at + 3);
      if (units >= 32) return null;
      at += 4 + units * 4;
    }
    if (at > 8 + options) return null;
    const more = listed(headers, `geneve:${payload.at24(4)}`);
    if (payload.at(1) >= 128) throw notIp();
    return behindType(payload.at16(2), content, more);
  },
};
