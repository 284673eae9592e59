/** Builds tunnels: each gives the IP protocol and what follows the IP header. */
import { NEXT, type Typed } from "./headers.ts";
import { be16, be32, join, UDP, udp } from "./packets.ts";

/** A protocol, and what it has behind the IP header. */
export type Transport = readonly [protocol: number, payload: Uint8Array<ArrayBuffer>];

const be24 = (value: number) => be32(value).slice(1);

/** IP in IP. */
export function inIp(packet: Uint8Array): Transport {
  return [packet[0]! >> 4 === 6 ? 41 : 4, packet.slice()];
}

/** GRE (RFC 2784, RFC 2890). */
export function gre(
  { type, data }: Typed,
  { key, checksum = false, sequence = false }: {
    key?: number;
    checksum?: boolean;
    sequence?: boolean;
  } = {},
): Transport {
  const flags = (checksum ? 0x8000 : 0) | (key === undefined ? 0 : 0x2000) |
    (sequence ? 0x1000 : 0);
  const fields = [
    ...checksum ? [1, 2, 0, 0] : [],
    ...key === undefined ? [] : be32(key),
    ...sequence ? be32(9) : [],
  ];
  // Of Cisco's metadata the type comes first in GRE
  const content = type === 0x8909 ? join(data.slice(6, 8), data.slice(0, 6), data.slice(8)) : data;
  return [47, join(be16(flags), be16(type), fields, content)];
}

/** PPP in GRE of version 1 (RFC 2637). */
export function pptp(inside: Uint8Array, call: number, acknowledges = false): Transport {
  const flags = 0x3001 | (acknowledges ? 0x80 : 0);
  const fields = [...be16(inside.length), ...be16(call), ...be32(5)];
  const behind = acknowledges ? be32(4) : [];
  return [47, join(be16(flags), be16(0x880b), fields, behind, inside)];
}

/** A frame in VXLAN (RFC 7348). */
export function vxlan(frame: Uint8Array, network: number, flags = [8, 0, 0, 0]): Transport {
  return [UDP, udp(join(flags, be24(network), [0], frame), 49152, 4789)];
}

/** VXLAN-GPE, which names what it carries. */
export function vxlanGpe({ type, data }: Typed, network: number): Transport {
  return [UDP, udp(join([12, 0, 0, NEXT[type] ?? 0], be24(network), [0], data), 49152, 4790)];
}

/** Geneve (RFC 8926), with options. */
export function geneve(
  { type, data }: Typed,
  network: number,
  options: readonly number[] = [],
): Transport {
  const header = [options.length / 4, 0, ...be16(type), ...be24(network), 0];
  return [UDP, udp(join(header, options, data), 49152, 6081)];
}

/** A user's packet in GTP-U (3GPP TS 29.281), with a sequence number, or an extension header too. */
export function gtpU(
  packet: Uint8Array,
  endpoint: number,
  { sequence = false, extension = false } = {},
): Transport {
  const optional = sequence || extension ? [0, 1, 0, extension ? 0x85 : 0] : [];
  const more = extension ? [1, 16, 9, 0] : [];
  const length = be16(optional.length + more.length + packet.length);
  const first = 0x30 | (sequence ? 2 : 0) | (extension ? 4 : 0);
  const header = join([first, 255], length, be32(endpoint), optional, more);
  return [UDP, udp(join(header, packet), 2152, 2152)];
}

/** PPP in L2TP (RFC 2661). */
export function l2tp(
  inside: Uint8Array,
  tunnel: number,
  session: number,
  { length = false, sequence = false, offset }: {
    length?: boolean;
    sequence?: boolean;
    offset?: number;
  } = {},
): Transport {
  const flags = 2 | (length ? 0x4000 : 0) | (sequence ? 0x0800 : 0) |
    (offset === undefined ? 0 : 0x0200);
  const behind = join(
    be16(tunnel),
    be16(session),
    sequence ? [0, 1, 0, 0] : [],
    offset === undefined ? [] : [...be16(offset), ...Array(offset).fill(0)],
    inside,
  );
  const said = length ? be16(4 + behind.length) : [];
  return [UDP, udp(join(be16(flags), said, behind), 1701, 1701)];
}

/** A frame in L2TPv3 over IP (RFC 3931), behind a cookie. */
export function l2tp3(
  frame: Uint8Array,
  session: number,
  cookie: readonly number[] = [],
): Transport {
  return [115, join(be32(session), cookie, frame)];
}
