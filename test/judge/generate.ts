import {
  be16,
  be32,
  DCCP,
  type Frame,
  ICMP,
  ICMP6,
  icmpError,
  ip4,
  ip6,
  join,
  SCTP,
  TCP,
  tcp,
  UDP,
  udp,
} from "../data/packets.ts";
import { random } from "../data/random.ts";
import {
  connection,
  type Content,
  datagrams,
  type Line,
  others,
  pick,
  pings,
  type Random,
  reused,
  transfer,
} from "./conversation.ts";
import { resolution } from "./resolution.ts";
import { httpMessages, quicHeaders, tlsHellos } from "./web.ts";
import { cutUp, framed, type Made } from "./frame.ts";

/** What a generated capture is like. */
export interface Generated {
  readonly seed: number;
  readonly flows: number;
  /** In how many seconds they begin. */
  readonly within?: number;
  /** Link type of pcap. */
  readonly link: number;
  /** Octets kept of each frame. */
  readonly snaplen?: number;
  /** No pair of ports has one connection after another: of very many at once not all SYNs can wait. */
  readonly once?: boolean;
  /** Fragments, and quotations that a translator of addresses has changed. */
  readonly hard?: boolean;
}

/** Questions with an identifier, and their answers: echo, timestamp, information, address mask. */
const QUESTIONS = [[8, 0], [13, 14], [15, 16], [17, 18]] as const;

/** Scripts that tshark knows by their ports. */
const PORTS = new Map([[tlsHellos, 443], [quicHeaders, 443], [httpMessages, 80]]);

interface Host {
  readonly address: readonly number[];
  readonly port: number;
}

/** Frames of many conversations at once, in the order of their times. */
export function generate(
  { seed, flows, within = flows / 100, link, snaplen, hard = false, once = false }: Generated,
): Frame[] {
  const next = random(seed);
  const frames: Frame[] = [];
  for (let i = 0; i < flows; i++) {
    const version = link === 228 ? 4 : link === 229 ? 6 : pick(next, [4, 6] as const);
    const script = pick(next, [
      ...[connection, connection, connection, transfer, datagrams, pings, others],
      ...once ? [] : [reused],
      // Of a message that is cut tshark does not say whether the rest is as it should be
      ...snaplen === undefined ? [resolution] : [],
      ...snaplen === undefined && !hard ? [...PORTS.keys()] : [],
    ]);
    const server = host(next, version, next(9));
    const client = host(next, version, i);
    const hosts = [
      // From those above tshark would take some for other protocols, such as 27,960 for a game
      { ...client, port: client.port + (PORTS.has(script) ? 20_000 : 0) },
      { ...server, port: script === resolution ? 53 : PORTS.get(script) ?? server.port },
    ] as const;
    let time = 1_700_000_000 + next(within * 4096) / 4096;
    const said: Made[][] = [];
    const tags = next(6) === 0 ? pick(next, [[0x8100], [0x88a8, 0x8100], [0x9100]]) : [];
    for (const line of script(next)) {
      time += line.after;
      const made = packet(next, version, line, hosts, said, hard);
      const parts = hard && script !== pings && next(2) === 0
        ? cutUp(next, made, version, script !== others)
        : [made];
      said.push(parts);
      // Some systems send the last one first
      if (next(3) === 0) parts.reverse();
      for (const part of parts) {
        frames.push({ time, ...framed(next, part, link, tags, snaplen) });
      }
    }
  }
  return frames.sort((a, b) => a.time - b.time);
}

function host(next: Random, version: 4 | 6, number: number): Host {
  const address = version === 4
    ? [10, 9, ...be16(number)]
    : [0x20, 1, 0x0d, 0xb8, ...be16(next(3)), 0, 0, 0, 0, 0, 0, 0, 0, ...be16(number)];
  return { address, port: 20_000 + next(20_000) };
}

function packet(
  next: Random,
  version: 4 | 6,
  { reverse, content }: Line,
  hosts: readonly [Host, Host],
  said: readonly Made[][],
  hard: boolean,
): Made {
  const [from, to] = reverse ? [hosts[1], hosts[0]] : hosts;
  let [protocol, payload] = transport(next, version, content, from.port, to.port, said, hard);
  const mark = pick(next, [0, 0, 1, 2, 3]) | pick(next, [0, 0, 0xb8, next(64) << 2]);
  const ends = { source: from.address, destination: to.address };
  if (version === 4) {
    const options = next(10) === 0 ? pick(next, [[1, 1, 1, 0], [148, 4, 0, 0]]) : [];
    // A fragment of one would have it once
    const isProtected = !hard && next(10) === 0;
    if (isProtected) {
      payload = join(extension(51, protocol), payload);
      protocol = 51;
    }
    const made = ip4(payload, { ...ends, protocol, tos: mark, options });
    made.set(be16(next(65536)), 4);
    made[6]! |= next(20) === 0 ? 0x80 : 0;
    made[8] = pick(next, [64, 128, 255, 1 + next(255)]);
    return { packet: made, transport: 20 + options.length + (isProtected ? 24 : 0) };
  }
  const before = payload.length;
  for (let headers = next(5) === 0 ? 1 + next(2) : 0; headers > 0; headers--) {
    const kind = pick(next, [0, 60, 43, 51]);
    payload = join(extension(kind, protocol), payload);
    protocol = kind;
  }
  const made = ip6(payload, { ...ends, next: protocol, trafficClass: mark });
  made[7] = pick(next, [64, 128, 255, 1 + next(255)]);
  return { packet: made, transport: made.length - before };
}

function extension(kind: number, protocol: number): number[] {
  if (kind === 51) return [protocol, 4, 0, 0, ...be32(7), ...be32(1), ...new Array(12).fill(9)];
  if (kind === 43) return [protocol, 2, 253, 0, ...new Array(20).fill(0)];
  return [protocol, 0, 1, 4, 0, 0, 0, 0];
}

function transport(
  next: Random,
  version: 4 | 6,
  content: Content,
  source: number,
  destination: number,
  said: readonly Made[][],
  hard: boolean,
): [number, Uint8Array] {
  switch (content.kind) {
    case "tcp": {
      const { payload, ...segment } = content;
      const made = tcp({
        ...segment,
        source,
        destination,
        ...(payload === undefined ? {} : { payload: octets(payload) }),
      });
      if (segment.window === undefined) made.set(be16(next(65536)), 14);
      return [TCP, made];
    }
    case "udp": {
      const made = udp(octets(content.payload), source, destination);
      if (!content.zero) made.set([0x12, 0x34], 6);
      return [UDP, made];
    }
    case "query": {
      const [question, answer] = version === 4 ? QUESTIONS[content.about]! : [128, 129];
      const type = content.answers ? answer : question;
      const message = icmpError(type, 0, new Uint8Array(content.payload));
      message.set(be16(content.identifier), 4);
      return [version === 4 ? ICMP : ICMP6, message];
    }
    case "error": {
      const about = pick(next, said.at(-content.back)!);
      const type = version === 4 ? content.type : content.type === 3 ? 1 : 3;
      // Without the ports the quotation names no flow
      const least = about.transport + 8;
      const quoted = about.packet.slice(0, Math.max(content.quote, least));
      if (hard && next(4) === 0) translate(next, quoted, version);
      return [version === 4 ? ICMP : ICMP6, icmpError(type, content.code, quoted)];
    }
    case "ported":
      return [content.protocol, join(be16(source), be16(destination), ported(next, content))];
    case "other":
      return [content.protocol, new Uint8Array(content.payload).fill(9)];
  }
}

/** What stands behind the ports of a packet of SCTP (a chunk of data), DCCP (data) or UDP-Lite. */
function ported(
  next: Random,
  { protocol, payload }: { readonly protocol: number; readonly payload: number },
): Uint8Array {
  const data = octets(payload);
  if (protocol === SCTP) {
    const chunk = [0, 3, ...be16(16 + payload), ...be32(next(2 ** 32)), 0, 1, 0, 1, ...be32(0)];
    return join(be32(next(2 ** 32)), be32(0), chunk, data, new Uint8Array(-payload & 3));
  }
  if (protocol === DCCP) {
    const long = next(2);
    const type = 2 << 1 | long;
    const sequence = [0, ...be32(next(2 ** 32))].slice(0, long ? 5 : 3);
    return join([3 + long, 0, 0, 0, type], long ? [0, 0] : [], sequence, data);
  }
  const covered = pick(next, [0, 8, 8 + payload]);
  return join(be16(covered), be16(1), data);
}

/** What is given, or a number of octets. */
function octets(payload: number | Uint8Array): Uint8Array {
  return typeof payload === "number" ? new Uint8Array(payload).fill(7) : payload;
}

/** Another address on one side of a packet. */
function translate(next: Random, packet: Uint8Array, version: 4 | 6): void {
  const [start, length] = version === 4 ? [12, 4] : [8, 16];
  packet[start + next(2) * length]! ^= 1;
}
