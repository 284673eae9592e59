/** Scripts of conversations of two hosts, without addresses and link headers. */
import {
  ACK,
  AE,
  be32,
  CWR,
  DCCP,
  ECE,
  FIN,
  RST,
  SCTP,
  SYN,
  timestamps,
  UDPLITE,
} from "../data/packets.ts";

/** Whole numbers below a bound. */
export type Random = (below: number) => number;

/** One packet of a script. */
export interface Line {
  /** Seconds after the line before; a multiple of 1/4096, which is exact in every form. */
  readonly after: number;
  readonly reverse: boolean;
  readonly content: Content;
}

/** What a packet carries. */
export type Content =
  | {
    readonly kind: "tcp";
    readonly flags: number;
    readonly sequence: number;
    readonly acknowledgment?: number;
    readonly window?: number;
    readonly options?: readonly number[];
    /** Octets, or how many there are. */
    readonly payload?: number | Uint8Array;
    readonly words?: number;
  }
  | { readonly kind: "udp"; readonly payload: number | Uint8Array; readonly zero: boolean }
  | {
    readonly kind: "query";
    /** Echo, or in ICMPv4 what else has an identifier, by its place. */
    readonly about: number;
    readonly answers: boolean;
    readonly identifier: number;
    readonly payload: number;
  }
  /**
   * An ICMP error about the packet `back` lines before, and the number of octets that it quotes.
   */
  | {
    readonly kind: "error";
    readonly type: number;
    readonly code: number;
    readonly back: number;
    readonly quote: number;
  }
  | { readonly kind: "ported"; readonly protocol: number; readonly payload: number }
  | { readonly kind: "other"; readonly protocol: number; readonly payload: number };

/** One of a list. */
export const pick = <T>(next: Random, from: readonly T[]): T => from[next(from.length)]!;
/** A short time. */
export const soon = (next: Random) => (1 + next(400)) / 4096;

/** Option lists of SYNs: none, usual ones, rare ones, and one that ends early. */
function options(next: Random, shape: number, value: number, echo: number): readonly number[] {
  const lists = [
    [],
    [2, 4, 5, 180],
    [2, 4, 5, 180, 4, 2, ...timestamps(value, echo).slice(2), 1, 3, 3, 7],
    [2, 4, 2, 24, 1, 3, 3, next(16), 4, 2],
    [34, 2, 1, 1],
    [2, 4, 5, 180, 34, 10, ...Array.from({ length: 8 }, () => next(256)), 1, 1],
    [254, 4, 0xf9, 0x89],
    [255, 8, 0xf9, 0x89, 1, 2, 3, 4],
    [0, 2, 4, 5],
    [1, 1, 1, 4, 2],
    [2, 3, 5],
    [30, 12, 0, 0x81, ...be32(7), ...be32(9), 2, 4, 5, 0],
    [253, 4, 0xf9, 0x89],
    timestamps(value, echo),
  ];
  return lists[shape % lists.length]!;
}

/** A TCP connection: most are whole, many are not. */
export function connection(next: Random): Line[] {
  const lines: Line[] = [];
  const [mine, theirs] = [1 + next(2 ** 30), 1 + next(2 ** 30)];
  const say = (reverse: boolean, flags: number, extra: Record<string, unknown> = {}) =>
    lines.push({
      after: soon(next),
      reverse,
      content: { kind: "tcp", flags, sequence: reverse ? theirs : mine, ...extra },
    });
  const asks = pick(next, [SYN, SYN | ECE | CWR, SYN | ECE | CWR | AE, SYN]);
  // A SYN that is sent again has a later timestamp, and a SYN-ACK echoes one of them
  const stamp = 1 + next(2 ** 31);
  const shape = next(14);
  let syns = 0;
  if (next(12) > 0) {
    say(false, asks, {
      options: options(next, shape, stamp, 0),
      ...next(4) === 0 ? { payload: 1 + next(100) } : {},
    });
    for (let again = next(5) === 0 ? 1 + next(2) : 0; again > 0; again--) {
      say(false, next(2) === 0 ? SYN : asks & ~AE, {
        options: options(next, shape, stamp + 1000 * ++syns, 0),
      });
    }
  }
  if (next(15) === 0) return lines;
  if (next(12) === 0) {
    say(true, RST | ACK);
    return lines;
  }
  if (lines.length > 0 && next(10) === 0) {
    lines.push({ after: soon(next), reverse: true, content: error(next, 1) });
  }
  say(true, pick(next, [SYN | ACK, SYN | ACK | ECE, SYN | ACK | ECE | CWR, SYN | ACK | AE | CWR]), {
    options: options(next, next(14), next(2 ** 32), stamp + 1000 * next(syns + 1)),
  });
  if (next(10) === 0) say(true, SYN | ACK, { options: options(next, next(14), 7, stamp) });
  say(false, ACK);
  for (let exchanges = next(5); exchanges > 0; exchanges--) {
    say(false, ACK | 8, { payload: 1 + next(300), options: stamped(next) });
    if (next(4) === 0) lines.push(lines.at(-1)!);
    say(true, ACK, { payload: next(2) * next(500), options: stamped(next) });
    if (next(8) === 0) lines.push(...lines.splice(-2).reverse());
  }
  if (next(20) === 0) say(false, ACK, { words: pick(next, [0, 3, 4]) });
  if (next(8) === 0) return lines;
  if (next(8) === 0) {
    say(next(2) === 0, RST);
  } else {
    const closing = next(2) === 0;
    say(closing, FIN | ACK);
    say(!closing, FIN | ACK);
    say(closing, ACK);
  }
  return next(4) === 0 ? [...lines, ...afterwards(next, mine)] : lines;
}

const stamped = (next: Random) => next(2) === 0 ? [] : timestamps(next(2 ** 32), next(2 ** 32));

/** Late packets, the same SYN again, or the ports used again: at once, or after the flow has gone. */
function afterwards(next: Random, sequence: number): Line[] {
  const late = next(2) === 0 ? soon(next) : 4 + next(3) + soon(next);
  const tcp = (after: number, reverse: boolean, flags: number, sequence: number): Line => ({
    after,
    reverse,
    content: { kind: "tcp", flags, sequence },
  });
  if (next(3) === 0) return [tcp(late, next(2) === 0, ACK, sequence + 1)];
  const again = next(4) === 0 ? sequence : sequence + 1 + next(1e6);
  return [
    tcp(late, next(5) === 0, SYN, again),
    tcp(soon(next), true, SYN | ACK, again),
    tcp(soon(next), false, ACK, again + 1),
  ];
}

function error(next: Random, back: number): Content {
  return {
    kind: "error",
    type: pick(next, [3, 3, 11, 12]),
    code: next(5),
    back,
    quote: pick(next, [28, 36, 60, 2000]),
  };
}

/** Datagrams, with pauses that end a flow at times, and errors about them. */
export function datagrams(next: Random): Line[] {
  return Array.from({ length: 1 + next(6) }, (_, i): Line => ({
    after: next(8) === 0 ? 28 + next(5) : soon(next),
    reverse: i > 0 && next(2) === 0,
    content: i > 0 && next(8) === 0
      ? error(next, 1 + next(i))
      : { kind: "udp", payload: next(3) * next(200), zero: next(3) === 0 },
  }));
}

/** A transfer whose numbers are right: octets are acknowledged, lost and sent again, overtaken, probed for. */
export function transfer(next: Random): Line[] {
  const lines: Line[] = [];
  const mine = next(3) === 0 ? 2 ** 32 - 1 - next(900) : next(2 ** 32);
  const theirs = next(2 ** 32);
  let stamp = next(2 ** 32);
  const say = (reverse: boolean, flags: number, offset: number, extra: object = {}) => {
    stamp = (stamp + 10 + next(40)) >>> 0;
    lines.push({
      after: next(5) === 0 ? soon(next) * 4 : next(24) / 4096,
      reverse,
      content: {
        kind: "tcp",
        flags,
        sequence: (reverse ? theirs + 1 : mine + offset) >>> 0,
        acknowledgment: (reverse ? mine + offset : theirs + 1) >>> 0,
        options: timestamps(stamp, next(2 ** 32)),
        ...extra,
      },
    });
  };
  lines.push(
    {
      after: soon(next),
      reverse: false,
      content: { kind: "tcp", flags: SYN, sequence: mine, acknowledgment: 0 },
    },
    {
      after: soon(next),
      reverse: true,
      content: {
        kind: "tcp",
        flags: SYN | ACK,
        sequence: theirs,
        acknowledgment: (mine + 1) >>> 0,
      },
    },
  );
  say(false, ACK, 1);
  let at = 1;
  const late: [number, number][] = [];
  for (let pieces = 3 + next(12); pieces > 0; pieces--) {
    const size = 1 + next(90);
    if (next(5) === 0 && late.length < 3) late.push([at, size]);
    else say(false, ACK, at, { payload: size });
    at += size;
    if (next(4) === 0) {
      for (const [from, octets] of late.splice(0)) say(false, ACK, from, { payload: octets });
    }
    if (next(3) === 0) say(true, ACK, late[0]?.[0] ?? at, { window: next(8) === 0 ? 0 : 9000 });
    // Sent again, the end of it together with more, and keep-alives
    if (next(6) === 0) say(false, ACK, at - size, { payload: size });
    if (next(9) === 0) say(false, ACK, at - 1, { payload: 1 + next(80) });
    if (next(8) === 0) say(false, ACK, at - 1, { payload: next(2) });
    if (next(9) === 0) say(false, ACK | (next(2) ? ECE : CWR), at);
    if (next(12) === 0) say(false, ACK, at, { payload: 1 });
  }
  for (const [from, octets] of late) say(false, ACK, from, { payload: octets });
  say(true, ACK, at);
  if (next(3) > 0) {
    say(false, FIN | ACK, at);
    if (next(3) === 0) say(false, FIN | ACK, at);
    say(true, FIN | ACK, at + 1);
  }
  return lines;
}

/** Connections on the same ports one after another, without an end between them, and SYNs that begin none. */
export function reused(next: Random): Line[] {
  const lines: Line[] = [];
  let [mine, theirs] = [next(2 ** 32), next(2 ** 32)];
  const line = (
    reverse: boolean,
    flags: number,
    sequence: number,
    acknowledgment: number,
    payload = 0,
  ): Line => ({
    after: next(40) === 0 ? 28 + next(5) : soon(next),
    reverse,
    content: {
      kind: "tcp",
      flags,
      sequence: sequence >>> 0,
      acknowledgment: acknowledgment >>> 0,
      payload,
    },
  });
  // Numbers grow with time (RFC 6528, section 3), and so lie before or behind each other
  const later = (number: number) => number + 1000 + next(2 ** 26);
  const forged = () => {
    const reverse = next(4) === 0;
    return line(reverse, SYN, later(reverse ? theirs : mine), 0);
  };
  const old = () => {
    const reverse = next(2) === 0;
    return line(reverse, ACK, reverse ? theirs + 1 : mine + 1, reverse ? mine + 1 : theirs + 1);
  };
  for (let connections = 2 + next(3); connections > 0; connections--) {
    const before = old();
    [mine, theirs] = [later(mine), later(theirs)];
    const octets = next(4) === 0 ? 1 + next(50) : 0;
    const syn = () => line(false, SYN, mine, 0, octets);
    const answer = () => line(true, SYN | ACK, theirs, mine + 1 + pick(next, [0, octets]));
    lines.push(
      ...pick(next, [
        () => [syn(), answer()],
        () => [syn(), answer()],
        () => [syn(), syn(), answer(), answer()],
        () => [answer(), syn()],
        () => [forged(), syn(), answer()],
        () => [syn(), forged(), answer()],
        () => [...Array.from({ length: 6 + next(6) }, syn), answer()],
        () => [syn(), before, answer()],
        // Both begin (RFC 9293, section 3.5, figure 8)
        () => [
          syn(),
          line(true, SYN, theirs, 0),
          line(false, SYN | ACK, mine, theirs + 1),
          answer(),
        ],
      ])(),
    );
    for (let pieces = next(4); pieces > 0; pieces--) {
      lines.push(line(false, ACK, mine + 1, theirs + 1, next(80)), old());
      // A SYN that the other side answers with what it has (RFC 5961, section 4.2), or with RST, or not
      if (next(5) === 0) lines.push(forged(), line(true, ACK, theirs + 1, mine + 1));
      if (next(9) === 0) lines.push(forged());
      if (next(30) === 0) lines.push(line(true, RST, theirs + 1, 0));
    }
  }
  return lines;
}

/** Questions and answers of one or two programs, and an error about one at times. */
export function pings(next: Random): Line[] {
  const identifiers = [next(65_536), next(65_536)];
  const about = next(4);
  return Array.from({ length: 2 + next(4) }, (_, i): Line => ({
    after: soon(next),
    reverse: i % 2 === 1,
    content: i > 0 && next(6) === 0 ? error(next, 1 + next(i)) : {
      kind: "query",
      about,
      answers: i % 2 === 1,
      identifier: identifiers[next(8) === 0 ? 1 : 0]!,
      payload: 12 + next(60),
    },
  }));
}

/** Another transport, with ports or without. */
export function others(next: Random): Line[] {
  const kind = pick(next, ["ported", "other"] as const);
  const protocol = pick(next, kind === "ported" ? [DCCP, SCTP, UDPLITE] : [50, 89, 103, 253, 254]);
  return Array.from({ length: 1 + next(3) }, (): Line => ({
    after: soon(next),
    reverse: next(3) === 0,
    content: { kind, protocol, payload: 8 + next(60) },
  }));
}
