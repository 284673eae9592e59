import {
  backbone,
  cisco,
  CONTROL_WORD,
  frame,
  mpls,
  nsh,
  ofIp,
  ppp,
  pppoe,
  snap,
  type Typed,
  vlan,
  withLength,
} from "./headers.ts";
import { A4, A6, B4, B6, ip4, ip6 } from "./packets.ts";
import {
  geneve,
  gre,
  gtpU,
  inIp,
  l2tp,
  l2tp3,
  pptp,
  type Transport,
  vxlan,
  vxlanGpe,
} from "./tunnels.ts";

type Random = (below: number) => number;

const pick = <T>(next: Random, from: readonly T[]): T => from[next(from.length)]!;
const few = (next: Random) => pick(next, [1, 2, 42]);
const isIp = ({ type }: Typed) => type === 0x0800 || type === 0x86dd;

/** Something with one more header, of any kind that can carry it. */
function header(next: Random, content: Typed): Typed {
  switch (next(9)) {
    case 0:
    case 1:
      return vlan(content, next(2) * 0x8000 + next(3), pick(next, [0x8100, 0x88a8, 0x9100]));
    case 2:
      return backbone(frame(content), few(next));
    case 3:
      return isIp(content) ? labelled(next, content) : cisco(content, few(next));
    case 4:
      return labelled(next, content);
    case 5: {
      if (!isIp(content)) return vlan(content, 7);
      const how = { hdlc: next(3) === 0, compressed: next(3) === 0 };
      return pppoe(ppp(content.data, how), few(next), next(20) === 0 ? 7 : 0);
    }
    case 6:
      return cisco(content, few(next));
    case 7:
      return nsh(isIp(content) ? content : { type: 0x6558, data: frame(content) }, 9, next(6));
    default:
      return withLength(
        next(4) === 0
          ? snap({ type: 7, data: frame(content) }, [0, 0x80, 0xc2])
          : snap(content, [0, 0, pick(next, [0, 0, 0xf8])]),
      );
  }
}

/** Labels in front of IP, or of a pseudowire's frame. */
function labelled(next: Random, content: Typed): Typed {
  const labels = Array.from({ length: 1 + next(3) }, () => pick(next, [16, 1001, 13, 0]));
  if (isIp(content) && next(2) === 0) return mpls(content.data, labels);
  const inside = frame(content, [pick(next, [0, 2, 0x40, 0x60]), 1, 2, 3, 4, 5]);
  const word = next(2) === 0 ? CONTROL_WORD : [];
  return mpls(Uint8Array.from([...word, ...inside]), labels);
}

/** A tunnel of any kind around a packet, with some headers inside where it has room for them. */
function tunnel(next: Random, packet: Uint8Array): Transport {
  let content = ofIp(packet);
  for (let headers = next(3) === 0 ? 1 + next(2) : 0; headers > 0; headers--) {
    content = header(next, content);
  }
  const ethernet = () => frame(content);
  const either = () => next(2) === 0 ? content : { type: 0x6558, data: ethernet() };
  const how = { hdlc: next(2) === 0, compressed: next(2) === 0 };
  switch (next(11)) {
    case 0:
      return inIp(packet);
    case 1:
    case 2: {
      const key = next(2) === 0 ? {} : { key: few(next) };
      return gre(either(), { ...key, checksum: next(3) === 0, sequence: next(3) === 0 });
    }
    case 3:
      return pptp(ppp(packet, how), few(next), next(2) === 0);
    case 4:
    case 5:
      return vxlan(ethernet(), few(next), next(6) === 0 ? [0x88, 0x40, 0, 5] : [8, 0, 0, 0]);
    case 6:
      return vxlanGpe(either(), few(next));
    case 7:
      return geneve(either(), few(next), next(2) === 0 ? [] : [1, 2, 3, 1, 9, 9, 9, 9]);
    case 8:
      return gtpU(packet, few(next), { sequence: next(2) === 0, extension: next(2) === 0 });
    case 9: {
      const offset = next(4) === 0 ? { offset: next(5) } : {};
      const fields = { length: next(2) === 0, sequence: next(3) === 0 };
      return l2tp(ppp(packet, how), few(next), few(next), { ...offset, ...fields });
    }
    default:
      return l2tp3(ethernet(), few(next), pick(next, [[], [1, 2, 3, 4], [0, 0, 0, 0, 1, 2, 3, 4]]));
  }
}

/** A packet in a tunnel between two of few ends. */
function tunnelled(next: Random, packet: Uint8Array): Uint8Array {
  const [protocol, payload] = tunnel(next, packet);
  if (next(3) === 0) {
    const ends = next(2) === 0
      ? { source: A6, destination: B6 }
      : { source: B6, destination: A6.with(15, 9) };
    return ip6(payload, { ...ends, next: protocol });
  }
  const ends = next(2) === 0
    ? { source: A4, destination: B4 }
    : { source: B4, destination: [10, 0, 0, next(3)] };
  const fragment = next(12) === 0 ? pick(next, [0x2000, 1]) : 0;
  return ip4(payload, { ...ends, protocol, fragment });
}

/** A packet in some tunnels at most, and behind some headers. */
export function encapsulated(
  next: Random,
  packet: Uint8Array,
  { tunnels, headers }: { tunnels: number; headers: number },
): Typed {
  let inside = packet;
  for (let count = next(tunnels + 1); count > 0; count--) inside = tunnelled(next, inside);
  let content = ofIp(inside);
  for (let count = next(headers + 1); count > 0; count--) content = header(next, content);
  return content;
}
