/** Builds headers between a link and IP: each takes what it carries, and gives what carries it. */
import { be16, be32, join } from "./packets.ts";

type Octets = Uint8Array<ArrayBuffer>;

/** Octets, and the EtherType that names them. */
export interface Typed {
  readonly type: number;
  readonly data: Uint8Array;
}

const be24 = (value: number) => be32(value).slice(1);

/** An IP packet by its version. */
export function ofIp(packet: Uint8Array): Typed {
  return { type: packet[0]! >> 4 === 6 ? 0x86dd : 0x0800, data: packet };
}

/** An Ethernet frame, of a locally administered sender. */
export function frame({ type, data }: Typed, destination = [2, 0, 0, 0, 0, 2]): Octets {
  return join(destination, [2, 0, 0, 0, 0, 1], be16(type), data);
}

/** A VLAN tag (IEEE 802.1Q); of its 16 bits the lower twelve are the VLAN. */
export function vlan({ type, data }: Typed, control: number, tag = 0x8100): Typed {
  return { type: tag, data: join(be16(control), be16(type), data) };
}

/** A service instance of a provider backbone (IEEE 802.1ah), with the customer's frame. */
export function backbone(inside: Uint8Array, instance: number): Typed {
  return { type: 0x88e7, data: join([0], be24(instance), inside) };
}

/** Labels of MPLS (RFC 3032), the outermost first, in front of anything. */
export function mpls(inside: Uint8Array, labels: readonly number[]): Typed {
  const entries = labels.map((label, i) => {
    const bottom = i === labels.length - 1 ? 0x100 : 0;
    return be32((label * 4096 + bottom + 64) >>> 0);
  });
  return { type: 0x8847, data: join(entries.flat(), inside) };
}

/** A pseudowire's control word (RFC 4448). */
export const CONTROL_WORD = [0, 0, 0, 1];

/** PPP (RFC 1661): with address and control of HDLC, and the protocol compressed, or not. */
export function ppp(
  packet: Uint8Array,
  { hdlc = false, compressed = false, protocol = packet[0]! >> 4 === 6 ? 0x57 : 0x21 } = {},
): Octets {
  return join(hdlc ? [0xff, 3] : [], compressed ? [protocol] : be16(protocol), packet);
}

/** A packet of a PPPoE session (RFC 2516). */
export function pppoe(inside: Uint8Array, session: number, code = 0): Typed {
  const length = be16(inside.length);
  return { type: 0x8864, data: join([0x11, code], be16(session), length, inside) };
}

/** Cisco's metadata with a group. */
export function cisco({ type, data }: Typed, group: number): Typed {
  return { type: 0x8909, data: join([1, 1, 0, 1], be16(group), be16(type), data) };
}

/** What follows a service header (RFC 8300): IPv4, IPv6, Ethernet, itself, MPLS. */
export const NEXT: Readonly<Record<number, number>> = {
  0x0800: 1,
  0x86dd: 2,
  0x6558: 3,
  0x894f: 4,
  0x8847: 5,
};

/** A service header with context headers of some words. */
export function nsh({ type, data }: Typed, path: number, words = 4): Typed {
  const first = be16(0x0fc0 | (2 + words));
  return {
    type: 0x894f,
    data: join(first, [words === 4 ? 1 : 2, NEXT[type] ?? 0], be24(path), [255], [
      ...Array(words * 4).fill(7),
    ], data),
  };
}

/** LLC and SNAP (RFC 1042). */
export function snap({ type, data }: Typed, organisation: readonly number[] = [0, 0, 0]): Octets {
  return join([0xaa, 0xaa, 3], organisation, be16(type), data);
}

/** LLC in Ethernet, whose type is a length. */
export function withLength(inside: Uint8Array): Typed {
  return { type: inside.length, data: inside };
}
