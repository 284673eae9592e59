/** A packet in each header, in each tunnel and on each link type. */
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
} from "../data/headers.ts";
import { linked } from "../data/links.ts";
import { LINKS } from "../data/mutants.ts";
import { type Frame, ip4, ip6, join, tcp } from "../data/packets.ts";
import { random } from "../data/random.ts";
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
} from "../data/tunnels.ts";

/** Link types that tshark 4.0 does not read. */
export const UNREAD = [226, 281, 282, 284, 285];
/** What chooses the byte order where tshark knows one alone: OpenBSD's loopback, and NFLOG. */
const ORDERS: Readonly<Record<number, () => number>> = { 108: () => 0, 239: () => 1 };

/** A packet that is another one each time. */
const packet = (number: number) => ip4(tcp({ source: 20_000 + number }));
const packet6 = (number: number) => ip6(tcp({ source: 20_000 + number }));

/** What carries a packet, one case for each header and tunnel. */
const HEADERS: readonly ((packet: Uint8Array) => Typed)[] = [
  (packet) => vlan(ofIp(packet), 0x2ffe),
  (packet) => vlan(vlan(ofIp(packet), 3), 4, 0x88a8),
  (packet) => vlan(backbone(frame(ofIp(packet)), 0xabcdef), 5, 0x88a8),
  (packet) => mpls(packet, [16, 1_048_575]),
  // What is behind the labels tshark guesses: with addresses that begin so it is right
  (packet) => mpls(join(CONTROL_WORD, frame(ofIp(packet), [0, 0x1b, 0x21, 1, 2, 3])), [1001]),
  (packet) => pppoe(ppp(packet), 4660),
  (packet) => pppoe(ppp(packet, { compressed: true }), 1),
  (packet) => cisco(ofIp(packet), 99),
  (packet) => nsh(ofIp(packet), 70_000),
  (packet) => nsh({ type: 0x6558, data: frame(ofIp(packet)) }, 5, 0),
  (packet) => withLength(snap(ofIp(packet))),
  ...([
    (packet) => inIp(packet),
    (packet) => gre(ofIp(packet)),
    (packet) => gre(ofIp(packet), { key: 0xfedcba98, checksum: true, sequence: true }),
    (packet) => gre({ type: 0x6558, data: frame(vlan(ofIp(packet), 9)) }, { key: 1 }),
    (packet) => gre(mpls(packet, [77])),
    (packet) => gre(cisco(ofIp(packet), 88), { key: 2 }),
    (packet) => gre({ type: 0x880b, data: ppp(packet) }),
    (packet) => pptp(ppp(packet, { hdlc: true }), 600),
    (packet) => pptp(ppp(packet), 601, true),
    (packet) => vxlan(frame(vlan(ofIp(packet), 6)), 0xfedcba),
    (packet) => vxlanGpe(ofIp(packet), 8),
    (packet) => geneve({ type: 0x6558, data: frame(ofIp(packet)) }, 5, [1, 2, 3, 1, 9, 9, 9, 9]),
    (packet) => gtpU(packet, 0x80000001, { extension: true }),
    (packet) => gtpU(packet, 7, { sequence: true }),
    (packet) => l2tp(ppp(packet), 5, 40_000, { length: true, sequence: true }),
    (packet) => gre(ofIp(ip4(...inVxlan(packet)))),
    (packet) => l2tp3(frame(ofIp(packet)), 77, [1, 2, 3, 4]),
  ] satisfies ((packet: Uint8Array) => Transport)[]).flatMap((tunnel) => [
    (packet: Uint8Array) => {
      const [protocol, payload] = tunnel(packet);
      return vlan(ofIp(ip4(payload, { source: [10, 0, 0, 1], protocol })), 12);
    },
    (packet: Uint8Array) => {
      const [next, payload] = tunnel(packet);
      return ofIp(ip6(payload, { next }));
    },
  ]),
];

function inVxlan(packet: Uint8Array): Parameters<typeof ip4> {
  const [protocol, payload] = vxlan(frame(ofIp(packet)), 3);
  return [payload, { source: [10, 0, 0, 3], protocol }];
}

/** Packets, each with the link type of its interface. */
export interface Linked {
  readonly frames: readonly Frame[];
  readonly links: readonly number[];
}

/** One packet of each kind, a second apart; in L2TPv3, of which tshark says nothing, are two. */
export function everyKind(): Linked {
  const next = random(15);
  const cases = [
    ...HEADERS.map((header) => ({ link: 1, header })),
    ...LINKS.filter((link) => !UNREAD.includes(link)).flatMap((link) =>
      Array.from({ length: 4 }, () => ({ link, header: ofIp }))
    ),
  ];
  const frames = cases.map(({ link, header }, i) => ({
    time: 1_700_000_000 + i,
    data: linked(header(link === 229 ? packet6(i) : packet(i)), link, ORDERS[link] ?? next),
  }));
  // Files know raw IP by one number
  return { frames, links: cases.map(({ link }) => link === 12 ? 101 : link) };
}

/** A packet on a link type that tshark does not read. */
export function onUnread(link: number): Frame {
  return { time: 1_700_000_000, data: linked(ofIp(packet(0)), link, random(15)) };
}
