/** Builds frames of every link type, of what has an EtherType. */
import { frame, ofIp, ppp, pppoe, snap, type Typed } from "./headers.ts";
import { be16, be32, join, loopback } from "./packets.ts";

type Octets = Uint8Array<ArrayBuffer>;
type Random = (below: number) => number;

const little = (value: number) => be32(value).reverse();
const zeros = (count: number) => new Uint8Array(count);

/** Link types that carry IP alone. */
export const IP_ALONE = [0, 12, 101, 108, 226, 228, 229, 239];

/** A frame of a link type; of those that carry IP alone, `content` must be IP. */
export function linked(content: Typed, link: number, next: Random): Octets {
  const { type, data } = content;
  const six = data[0]! >> 4 === 6;
  switch (link) {
    case 1:
      return frame(content);
    case 0:
    case 108:
      return loopback(data, six ? [10, 24, 28, 30][next(4)]! : 2, next(2) === 0);
    case 9:
      return inPpp(content, { hdlc: next(2) === 0, compressed: next(2) === 0 });
    case 50:
      return next(2) === 0
        ? inPpp(content, { hdlc: true })
        : join([[0x0f, 0x8f][next(2)]!, 0], be16(type), data);
    case 51:
      return join(pppoe(inPpp(content), 1 + next(3)).data);
    case 104:
      return join([0x0f, 0], be16(type), data);
    case 105:
      return wireless(snap(content), next);
    case 107:
      return relayed(content, next);
    case 113:
      return join(zeros(14), be16(type), data);
    case 119:
      return join(prism(next), wireless(snap(content), next));
    case 127:
      return radio(content, next);
    case 226:
      return join([1, six ? 26 : 2], zeros(22), data);
    case 239:
      return join(
        [six ? 10 : 2, 0, 0, 5],
        logged(data, next(2) === 0),
      );
    case 258:
      return join(little(108), little(1), little(1), zeros(96), frame(content));
    case 276:
      return join(be16(type), zeros(18), data);
    case 281:
      return join(zeros(12), [0, 0, 0, 3], be16(type), data);
    case 282:
      return join([0, 0, 0, 3], frame(content));
    case 284:
      return join(zeros(12), marvell(next), be16(type), data);
    case 285:
      return join(zeros(12), [0xda, 0xda, 0, 0], marvell(next), be16(type), data);
  }
  return join(data);
}

/** PPP of what it has a protocol for; anything else as what it is not. */
function inPpp({ type, data }: Typed, options: Parameters<typeof ppp>[1] = {}): Octets {
  if (type === 0x0800 || type === 0x86dd) return ppp(data, options);
  return ppp(data, { ...options, compressed: false, protocol: type === 0x8847 ? 0x281 : 0xc021 });
}

/** A data frame of IEEE 802.11 without protection. */
export function wireless(
  inside: Uint8Array,
  next: Random,
  padded = false,
): Octets {
  const [quality, systems, control] = [next(2), next(4), next(4) === 0 ? 1 : 0];
  const header = join(
    [quality ? 0x88 : 0x08, systems | (quality && control ? 0x80 : 0), 0, 0],
    zeros(18),
    [0, 1],
    systems === 3 ? zeros(6) : [],
    quality ? [0, 0] : [],
    quality && control ? zeros(4) : [],
  );
  return join(header, zeros(padded ? -header.length & 3 : 0), inside);
}

function prism(next: Random): Octets {
  if (next(3) === 0) return join([0x80, 0x21, 0x10, 1], be32(64), zeros(56));
  const order = next(2) === 0 ? little : be32;
  return join(order(0x44), order(144), zeros(136));
}

function radio(content: Typed, next: Random): Octets {
  const [time, flags, more] = [next(2), next(4), next(2)];
  const words = [(more ? 2 ** 31 : 0) + (flags > 0 ? 2 : 0) + time, ...more ? [0] : []];
  const gap = time && more ? zeros(4) : [];
  const value = flags === 0 ? [] : [flags === 2 ? 0x20 : flags === 3 ? 0x10 : 0];
  const behind = join(gap, zeros(time * 8), value, [0, 0, 0]);
  const length = 4 + words.length * 4 + behind.length;
  const header = join([0, 0, length, 0], words.flatMap(little), behind);
  return join(header, wireless(snap(content), next, flags === 2));
}

function relayed({ type, data }: Typed, next: Random): Octets {
  const circuit = 16 + next(4);
  const address = next(3) === 0
    ? [circuit >> 10 << 2, (circuit >> 6 & 15) << 4, (circuit & 63) << 2 | 1]
    : [circuit >> 4 << 2, (circuit & 15) << 4 | 1];
  const isIp = type === 0x0800 || type === 0x86dd;
  if (next(4) === 0) return join(address, be16(type), data);
  if (isIp && next(2) === 0) return join(address, [3, type === 0x0800 ? 0xcc : 0x8e], data);
  return join(address, [3, 0, 0x80, 0, 0, 0], be16(type), data);
}

function logged(packet: Uint8Array, big: boolean): Octets {
  const order = (value: number) => big ? be16(value) : be16(value).reverse();
  const attribute = (type: number, value: Uint8Array | readonly number[]) =>
    join(order(4 + value.length), order(type), value, zeros(-value.length & 3));
  return join(attribute(1, [8, 0, 0, 0]), attribute(10, [110, 111, 0]), attribute(9, packet));
}

/** Marvell's tag, at times with the VLAN of the tag in whose place it stands. */
function marvell(next: Random): number[] {
  return next(2) === 0 ? [0xc0, 8, 0, 7] : [0xe0, 8, ...be16(next(3))];
}

/** A frame of an IP packet. */
export function linkedIp(packet: Uint8Array, link: number, next: Random): Octets {
  return linked(ofIp(packet), link, next);
}
