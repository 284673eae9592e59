import { encapsulated } from "./encapsulated.ts";
import { linked, linkedIp } from "./links.ts";
import { dns, NAME, POINTER, question, record } from "./dns.ts";
import {
  A4,
  A6,
  B4,
  B6,
  be16,
  be32,
  fragment6,
  type Frame,
  ICMP,
  ICMP6,
  icmpError,
  ip4,
  ip6,
  join,
  TCP,
  tcp,
  timestamps,
  UDP,
  udp,
} from "./packets.ts";
import { crypto, initial } from "./quic.ts";

import {
  alpn,
  clientHello,
  serverHello,
  signatureAlgorithms,
  sni,
  supportedVersions,
} from "./tls.ts";

/** Whole numbers below a bound. */
export type Random = (below: number) => number;

/** The link types that can be read. */
export const LINKS = [
  ...[1, 113, 276, 0, 108, 12, 101, 228, 229],
  ...[9, 50, 51, 104, 105, 107, 119, 127, 226, 239, 258, 281, 282, 284, 285],
];

/** A frame that was mangled, with what the capture cut from it. */
export interface Mutant {
  readonly frame: Frame;
  readonly cut: Uint8Array;
}

/**
 * A frame of some link type: a right one at times, more often mutated, cut, or with a wrong field.
 */
export function mutant(next: Random, time: number, link: number): Mutant {
  let whole = framed(packet(next), link, next);
  for (let faults = next(2) * next(4); faults > 0; faults--) whole = mutated(whole, next);
  if (next(3) === 0) whole = join(whole, octets(next, next(40)));
  const captured = next(4) === 0 ? next(whole.length + 1) : whole.length;
  const data = whole.slice(0, captured);
  // On the wire there was as much as was made, or as much as was captured, or any other number
  const wire = [captured, next(2000), next(2 ** 32)][next(12)] ?? whole.length;
  return { frame: { time, data, wire }, cut: whole.slice(captured) };
}

/** Random octets. */
export function octets(next: Random, length: number): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(length);
  for (let at = 0; at < length; at++) all[at] = next(256);
  return all;
}

/** One of a list. */
export const pick = <T>(next: Random, from: readonly T[]): T => from[next(from.length)]!;

/** Few ends, so that flows have many packets in both directions. */
export function addresses(next: Random, version: 4 | 6) {
  const all = version === 4
    ? [A4, B4, [10, 0, 0, next(4)], [127, 0, 0, 1]]
    : [A6, B6, A6.with(15, next(4)), B6.with(7, next(3))];
  return { source: pick(next, all), destination: pick(next, all) };
}

/** One of few ports. */
export const ports = (next: Random) => pick(next, [40000, 80, 53, 7 + next(3)]);

function packet(next: Random): Uint8Array {
  return next(2) === 0 ? packet4(next) : packet6(next);
}

function packet4(next: Random): Uint8Array {
  let [protocol, payload] = transport(next, 4);
  if (next(16) === 0) {
    const units = next(4);
    const said = next(6) === 0 ? next(256) : units;
    payload = join([protocol, said], octets(next, 6 + 4 * units), payload);
    protocol = 51;
  }
  // A first fragment with a part of its transport header
  const isTiny = next(16) === 0;
  if (isTiny) payload = payload.slice(0, next(24));
  return ip4(payload, {
    ...addresses(next, 4),
    protocol,
    tos: next(256),
    ttl: next(256),
    options: next(4) === 0 ? [...octets(next, 4 * next(11))] : [],
    id: next(2),
    // First fragments, later ones, those in between, any bits, or the flags alone
    fragment: isTiny
      ? 0x2000
      : next(8) === 0
      ? pick(next, [0x2000, 0x2001, 1 + next(4), next(0x10000)])
      : next(8) === 0
      ? next(4) << 14
      : 0,
    ...(next(8) === 0 ? { total: pick(next, [0, 1, 19, 20, 28, 40, next(120), next(65536)]) } : {}),
    ...(next(12) === 0 ? { headerWords: next(16) } : {}),
  });
}

function packet6(next: Random): Uint8Array {
  let [protocol, payload] = transport(next, 6);
  for (let headers = next(3) === 0 ? next(5) : 0; headers > 0; headers--) {
    const kind = pick(next, [0, 43, 44, 51, 60, 135, 139, 140]);
    const units = kind === 44 ? 0 : next(3);
    const rest = kind === 44
      ? join([next(256)], be16(pick(next, [next(65536), next(8), 1])), be32(next(2)))
      : octets(next, kind === 51 ? 7 + units * 4 - 1 : 6 + units * 8);
    const length = next(6) === 0 ? next(256) : units;
    payload = kind === 44
      ? join([protocol], rest, payload)
      : join([protocol, length], rest, payload);
    protocol = kind;
  }
  if (next(24) === 0) {
    const said = next(3) === 0 ? next(2 ** 32) : 65_536 + next(8);
    const option = pick(next, [[0xc2, 4, ...be32(said)], [0, 0, 5, 2, 0, 0], [0xc2, next(8)]]);
    payload = join([protocol, 0], [...option, 0, 0, 0, 0].slice(0, 6), payload);
    return ip6(payload, { ...addresses(next, 6), next: 0, length: 0 });
  }
  return ip6(payload, {
    ...addresses(next, 6),
    next: protocol,
    trafficClass: next(256),
    hopLimit: next(256),
    ...(next(8) === 0 ? { length: pick(next, [0, 1, 7, 8, 20, next(120), next(65536)]) } : {}),
  });
}

function transport(next: Random, version: 4 | 6, depth = 0): [number, Uint8Array] {
  const kind = next(10);
  if (kind < 5) {
    const options = next(5) === 0 ? [...octets(next, next(41))] : someOptions(next);
    const segment = tcp({
      source: ports(next),
      destination: ports(next),
      sequence: next(4) === 0 ? next(8) * 20 : next(4),
      flags: pick(next, [2, 0x12, 0x10, 0xc2, 0x52, 0x11, 0x14, 4, next(256)]),
      options,
      // Often of a SYN that was sent, more often of nothing
      acknowledgment: next(next(2) === 0 ? 8 : 2 ** 32),
      window: next(65536),
      payload: next(6) === 0
        ? overTcp(message(next))
        : next(8) === 0
        ? http(next)
        : next(6) === 0
        ? hello(next)
        : octets(next, next(2) * next(20)),
      ...(next(8) === 0 ? { words: next(16) } : {}),
    });
    return [TCP, segment];
  }
  if (kind < 7) {
    const payload = next(2) === 0
      ? quic(next)
      : next(3) === 0
      ? octets(next, next(20))
      : message(next);
    const datagram = udp(payload, ports(next), ports(next), next(2) * next(65536));
    if (next(8) === 0) datagram.set(be16(next(20)), 4);
    return [UDP, datagram];
  }
  if (kind < 9 && depth < 2) {
    const quoted = quotedPacket(next, version, depth + 1);
    const part = next(2) === 0 ? quoted : quoted.slice(0, next(quoted.length + 1));
    const type = version === 4 ? pick(next, [3, 11, 12, 5, 8, 0]) : pick(next, [1, 2, 3, 4, 128]);
    return [version === 4 ? ICMP : ICMP6, icmpError(type, next(16), part)];
  }
  if (next(2) === 0) return withPorts(next);
  return [next(256), octets(next, next(30))];
}

/** The begin of another transport that has ports, with its lengths right more often than not. */
function withPorts(next: Random): [number, Uint8Array] {
  const protocol = pick(next, [33, 132, 136]);
  const rest = octets(next, next(30));
  const long = next(2);
  const words = next(4) === 0 ? next(9) : 3 + long;
  const covered = next(4) === 0 ? next(60) : pick(next, [0, 8 + rest.length]);
  const begin = protocol === 33
    ? [words, 0, 0, 0, next(16) << 1 | long, ...octets(next, 3 + 4 * long)]
    : protocol === 132
    ? [...octets(next, 8)]
    : [...be16(covered), ...octets(next, 2)];
  return [protocol, join(be16(ports(next)), be16(ports(next)), begin, rest)];
}

/** TCP options that are often right, in any order, as far as there is room. */
export function someOptions(next: Random): number[] {
  const options: number[] = [];
  for (let count = next(7); count > 0; count--) {
    const option = pick(next, [
      [1],
      [2, 4, 5, next(256)],
      [2, 3, 5],
      [3, 3, next(256)],
      [4, 2],
      timestamps(next(2 ** 32), next(2 ** 32)),
      [34, 2],
      [34, 10, ...octets(next, 8)],
      [next(2) + 254, 4, 0xf9, 0x89],
      [254, 6, 0xf9, 0x89, 1, 2],
      [next(256), next(6)],
    ]);
    if (options.length + option.length <= 40) options.push(...option);
  }
  return options;
}

/** A DNS message, more often right than not. */
function message(next: Random): Uint8Array {
  const records = () =>
    Array.from(
      { length: next(3) },
      () => record(pick(next, [POINTER, NAME, Uint8Array.of(0)]), octets(next, next(9))),
    );
  return dns({
    flags: next(3) === 0 ? next(65536) : 0x8180 + next(6),
    questions: next(4) === 0 ? [] : [question(pick(next, [NAME, POINTER, Uint8Array.of(0)]))],
    answers: records(),
    authorities: records(),
    additionals: records(),
    ...(next(8) === 0 ? { counts: [next(3), next(4), next(2), next(2)] } : {}),
  });
}

const HTTP = [
  "GET /a HTTP/1.1\r\nHost: a.example\r\n\r\n",
  "OPTIONS * HTTP/1.0\n",
  "HTTP/1.1 200 OK\r\n",
  "HTTP/1.0 404 \r\n",
  "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
  "GET / HTTP/1.2\r\n",
  "VERSION-CONTROL /x HTTP/1.1\r\n",
  "HTTP /x HTTP/1.1\r\n",
];

function http(next: Random): Uint8Array {
  return new TextEncoder().encode(pick(next, HTTP));
}

/** A hello of TLS, more often right than not, or a part of one. */
function hello(next: Random): Uint8Array {
  if (next(3) === 0) return serverHello(0x0301 + next(3), next(2) === 0 ? 0x0304 : undefined);
  const some = [
    sni(pick(next, ["a.example", "x", '"\\'])),
    alpn(...pick(next, [["h2"], ["http/1.1", "\x01"], []])),
    supportedVersions(...pick(next, [[0x0304, 0x0303], [0x1a1a, 0x0302], []])),
    signatureAlgorithms(...pick(next, [[0x0403], [0x0804, 0x0401], []])),
    [0xfe0d, [0]] as const,
    [next(50), octets(next, next(5))] as const,
  ];
  const made = clientHello({
    version: 0x0300 + next(5),
    session: next(2) * 8,
    ciphers: pick(next, [[], [0x1301, 0x1a1a], [0xc02f, 0x009c, 0x0035]]),
    ...(next(6) === 0 ? {} : { extensions: some.filter(() => next(3) > 0) }),
  }, pick(next, [16_384, 16_384, 16_384, 50, 9]));
  return next(5) === 0 ? made.slice(0, next(made.length)) : made;
}

/** A datagram of QUIC, more often right than not. */
function quic(next: Random): Uint8Array {
  if (next(8) === 0) return quicHello(next);
  if (next(2) === 0) return octets(next, 20).with(0, 0x40 | next(64));
  const version = pick(next, [0, 1, 1, 0x6b3343cf, 0xff00001d, 0xff00001a, 0x0a0a0a0a, next(9)]);
  const ids = [0, 1].map(() => octets(next, pick(next, [0, 8, 20, next(24)])));
  return join(
    [next(4) === 0 ? 0x80 : 0xc0 | next(64)],
    be32(version),
    [ids[0]!.length],
    ids[0]!,
    [ids[1]!.length],
    ids[1]!,
    be32(pick(next, [1, 0x1a2a3a4a, next(2 ** 32)])),
    octets(next, next(12)),
  );
}

/** What a client of QUIC says first, more often right than not. */
function quicHello(next: Random): Uint8Array {
  const record = hello(next);
  const message = next(20) === 0 ? octets(next, 100) : record.slice(5);
  const cut = next(message.length + 1);
  const pieces = [crypto(0, message.slice(0, cut)), crypto(cut, message.slice(cut))];
  const other = pick(next, [[1], [0, 0], [2, 0, 0, 1, 0, 1, 1], [3, 0, 0, 0, 0, 1, 1, 1], [28]]);
  const frames = pick(next, [pieces, pieces.toReversed(), pieces.slice(next(2)), [
    crypto(next(2) * 16_384, message),
  ]]);
  const form = {
    version: pick(next, [1, 1, 0x6b3343cf, 0xff00001b + next(8), 0x1a2a3a4a]),
    destination: [...octets(next, pick(next, [0, 8, 20]))],
    token: [...octets(next, next(2) * next(80))],
    numberLength: 1 + next(4),
  };
  return next(4) === 0
    ? join(
      initial(frames[0]!, { ...form, size: 600 }),
      initial(join(...frames), { ...form, number: next(200), size: 700 }),
    )
    : initial(join(next(2) === 0 ? other : [], ...frames), { ...form, size: 1190 + next(40) });
}

function overTcp(message: Uint8Array): Uint8Array {
  return join(be16(message.length), message);
}

function quotedPacket(next: Random, version: 4 | 6, depth: number): Uint8Array {
  const [protocol, payload] = transport(next, version, depth);
  const fragmented = next(6) === 0;
  if (version === 4) {
    const fragment = fragmented ? pick(next, [0x2000, 1]) : 0;
    return ip4(payload, { ...addresses(next, 4), protocol, id: next(2), fragment });
  }
  if (!fragmented) return ip6(payload, { ...addresses(next, 6), next: protocol });
  const header = fragment6(protocol, next(2), true, next(2));
  return ip6(join(header, payload), { ...addresses(next, 6), next: 44 });
}

/** Most packets are in nothing but the frame; few are in more than can be followed. */
export function framed(packet: Uint8Array, link: number, next: Random): Uint8Array {
  if (next(5) > 0 || packet.length === 0) return linkedIp(packet, link, next);
  const content = encapsulated(
    next,
    packet,
    next(20) === 0 ? { tunnels: 3, headers: 14 } : { tunnels: 2, headers: 2 },
  );
  return linked(content, link, next);
}

/** One fault: an octet changed, octets taken out, put in or doubled, or the frame cut. */
function mutated(frame: Uint8Array, next: Random): Uint8Array<ArrayBuffer> {
  const copy = frame.slice();
  if (copy.length === 0) return copy;
  const at = next(copy.length);
  switch (next(7)) {
    case 0:
      copy[at] = next(256);
      return copy;
    case 1:
      copy[at]! ^= 1 << next(8);
      return copy;
    case 2:
      copy[at] = pick(next, [0, 1, 255, 127, 128, 0x45, 0x60]);
      return copy;
    case 3:
      copy.set(
        be16(pick(next, [0, 1, 0xffff, 0x8000, next(65536)])).slice(0, copy.length - at),
        at,
      );
      return copy;
    case 4:
      return join(copy.slice(0, at), copy.slice(at + 1 + next(8)));
    case 5:
      return join(copy.slice(0, at), octets(next, 1 + next(8)), copy.slice(at));
    default:
      return copy.slice(0, at);
  }
}
