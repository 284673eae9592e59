import { DCCP, SCTP, UDPLITE } from "../data/packets.ts";
import { behind } from "./headers.ts";
import { type Found, NOTHING, toIp } from "./headers_around.ts";
import { nthOf } from "./layers.ts";
import {
  flag,
  isDnsResponse,
  messageOf,
  nthUdp,
  number,
  portsOf,
  type Segment,
  segmentOf,
  type Subject,
  subjectOf,
} from "./transport.ts";
import type { Told } from "./tshark.ts";
import { insideOf } from "./tunnels.ts";
import { type Web, webOf } from "./web_layers.ts";

/** The ends of a flow as a packet names them. */
export interface Ends {
  readonly source: string;
  readonly destination: string;
  readonly protocol: number;
  /** Ports; null where the protocol has none. */
  readonly sourcePort: number | null;
  readonly destinationPort: number | null;
  /** What stands for ports in an ICMP message. */
  readonly subject?: Subject | null;
  /** What else tells flows apart that have the same ends: networks and tunnels around them. */
  readonly apart: readonly string[];
}

/** A quoted packet, as far as it names its flow. */
export interface Quoted extends Ends {
  /** When it is a later fragment, without ports, which of its ends' datagrams it belongs to. */
  readonly datagram: string | null;
}

/** A packet that can be counted to a flow. */
export interface Packet extends Ends {
  /** Headers around it, as records have them. */
  readonly headers: readonly string[];
  /** Seconds since 1970, as written. */
  readonly time: string;
  /** The same in nanoseconds. */
  readonly nanoseconds: bigint;
  /** Octets of the IP packet on the wire. */
  readonly octets: number;
  readonly dscp: number;
  readonly ecn: number;
  readonly ttl: number;
  /** The reserved flag of IPv4; null over IPv6. */
  readonly evil: boolean | null;
  /** Which of its ends' datagrams a fragment belongs to; null when it is whole. */
  readonly fragment: string | null;
  /** Whether it begins with a transport header. */
  readonly first: boolean;
  readonly tcp: Segment | null;
  readonly udpChecksum: number | null;
  /** Type and code of an ICMP message of either version. */
  readonly icmp:
    | { readonly type: number; readonly code: number; readonly identifier: number | null }
    | null;
  /** The packet that an ICMP error quotes. */
  readonly quoted: Quoted | null;
  /** What its payload is of HTTP, QUIC or TLS. */
  readonly web: Web | null;
  /** Whether it is a valid DNS response; null where a fragment ends within what it begins as one. */
  readonly dnsResponse: boolean | null;
}

/** Protocols with ports beside TCP and UDP, with the octets of the header that each must have. */
const OTHERS_WITH_PORTS: ReadonlyMap<number, number> = new Map([
  [DCCP, 12],
  [SCTP, 12],
  [UDPLITE, 8],
]);
/** Octets of the headers of UDP and DNS. */
const DNS_IN_UDP = 8 + 12;
const ERRORS_4 = [3, 4, 5, 11, 12];
const ERRORS_6 = [1, 2, 3, 4];

/** An IP header, and how many octets there were on the wire up to the end of what carries its packet. */
interface Place extends Found {
  readonly end: number;
  /** The same as far as it is known; some tools cut packets and say that there was no more of them. */
  readonly limit: number;
}

/** How packets are read. */
export interface Reading {
  /** Whether the innermost one of those in tunnels counts, and not the outermost. */
  readonly decap: boolean;
  /** Octets kept of each packet at most; null where it is not known. */
  readonly snaplen: number | null;
}

/** A packet of which tshark 4.0 cannot say what it is, with its time and the ends of the outermost one. */
export interface Untold {
  readonly untold: string;
  readonly nanoseconds: bigint;
  readonly ends: readonly string[];
}

/**
 * Of a packet that the sender's card is still to cut up a driver may leave the length 0 (BIG TCP), which
 * tshark takes for a packet without payload, or a datagram that contradicts itself.
 */
const UNSAID_LENGTH =
  "of a length that is left to the sender's card (0), which tshark does not follow";
const NO_NEXT_HEADER = "59";
/** An option that contradicts itself: what is behind the header does not depend on it. */
const MALFORMED = "of IP options that tshark gives up at";

/** The packet, or why it is in no flow, or why nothing can be said. */
export function packetOf(
  told: Told,
  { decap, snaplen }: Reading,
): Packet | "not ip" | "unreadable" | Untold {
  const layers = told("frame.protocols")[0]?.split(":") ?? [];
  const found = toIp(layers, { at: 0, place: 0, around: NOTHING }, told, decap);
  if (found === null) return "not ip";
  if (hasUnsaidLength(told)) return untold(told, layers[found.at]!, UNSAID_LENGTH);
  const [length, captured] = [Number(told("frame.len")[0]), Number(told("frame.cap_len")[0])];
  const end = Math.max(length, captured);
  const isCutUnsaid = captured >= length && captured === snaplen;
  const isMalformed = told("_ws.malformed").length > 0;
  if (isMalformed && layers.length === found.at + 1 && !told("ip.frag_offset").some(Number)) {
    return untold(told, layers[found.at]!, MALFORMED);
  }
  let place: Place | null = { ...found, end, limit: isCutUnsaid ? Infinity : end };
  let packet: Packet | null = null;
  while (place !== null) {
    const read = packetAt(told, layers, place);
    // What cannot be read inside leaves what is around it
    if (read === null) break;
    packet = read.packet;
    place = decap ? read.inside : null;
  }
  return packet ?? "unreadable";
}

/** What is left of a packet of which tshark says no more than its outermost addresses. */
function untold(told: Told, layer: string, why: string): Untold {
  const ends = layer === "ip"
    ? [...told("ip.src").slice(0, 1), ...told("ip.dst").slice(0, 1)]
    : [...told("ipv6.src").slice(0, 1), ...told("ipv6.dst").slice(0, 1)];
  return { untold: why, nanoseconds: nanosecondsOf(told), ends };
}

function hasUnsaidLength(told: Told): boolean {
  const next = told("ipv6.nxt");
  return told("udp.length").includes("0") ||
    told("ipv6.plen").some((length, i) => length === "0" && next[i] !== NO_NEXT_HEADER);
}

/** Seconds, and nanoseconds as they stand in the file: there may be more than a second of them. */
function nanosecondsOf(told: Told): bigint {
  // A simple packet of pcapng has none
  const [seconds, rest = "0"] = (told("frame.time_epoch")[0] ?? "0").split(".") as [
    string,
    string?,
  ];
  return BigInt(seconds) * 1_000_000_000n + BigInt(rest);
}

/** The packet of an IP header, and the place of the one inside it. */
function packetAt(
  told: Told,
  layers: readonly string[],
  { at, place: start, around, end, limit }: Place,
): { readonly packet: Packet; readonly inside: Place | null } | null {
  const version = layers[at] === "ip" ? 4 : 6;
  const nth = nthOf(layers, at);
  const source = told(version === 4 ? "ip.src" : "ipv6.src")[nth];
  // Of a packet that is routed by its source tshark says the last address, and beside it the header's
  const destination = version === 4 && nth === 0 && told("ip.cur_rt").length > 0
    ? told("ip.cur_rt")[0]
    : told(version === 4 ? "ip.dst" : "ipv6.dst")[nth];
  if (source === undefined || destination === undefined) return null;
  const next = behind(layers, at, told, nth);
  if (next === null) return null;
  const onWire = end - start;
  const length = version === 4
    ? number(told("ip.len")[nth])
    : number(told("ipv6.plen")[nth])! + (told("ipv6.plen")[nth] === "0" ? 0 : 40);
  // 0 where segmentation offload is still to come
  const octets = length || onWire;
  const captured = Math.min(Number(told("frame.cap_len")[0]), end) - start - next.headers;
  if (captured < 0 || start + octets > limit || octets < next.headers) return null;
  const { fragment } = next;
  const first = fragment === null || fragment.offset === 0;
  const top = first ? layers[next.at] : undefined;
  const room = Math.min(captured, octets - next.headers);
  const tcp = top === "tcp" && room >= 20 ? segmentOf(told, octets - next.headers, captured) : null;
  const icmp = (top === "icmp" || top === "icmpv6") && room >= 8 ? messageOf(told, top) : null;
  const ports = portsOf(told, layers, first ? next.at : -1);
  if (first) {
    // A first fragment may end within the header, behind the ports
    const isCut = fragment !== null && room >= 4 && ports.destinationPort !== null;
    if (next.protocol === 6 && tcp === null && !isCut) return null;
    if (next.protocol === 17 && (top !== "udp" || room < 8) && !isCut) return null;
    if (next.protocol === (version === 4 ? 1 : 58) && icmp === null) return null;
    const header = OTHERS_WITH_PORTS.get(next.protocol);
    if (header !== undefined && !(ports.sourcePort !== null && room >= header)) return null;
  }
  const subject = icmp === null ? null : subjectOf(told, top as "icmp" | "icmpv6", 0);
  const time = told("frame.time_epoch")[0]!;
  const packet: Packet = {
    source,
    destination,
    protocol: next.protocol,
    ...ports,
    subject,
    apart: around.apart,
    headers: around.headers,
    time,
    nanoseconds: nanosecondsOf(told),
    octets,
    dscp: Number(told(version === 4 ? "ip.dsfield.dscp" : "ipv6.tclass.dscp")[nth]),
    ecn: Number(told(version === 4 ? "ip.dsfield.ecn" : "ipv6.tclass.ecn")[nth]),
    ttl: Number(told(version === 4 ? "ip.ttl" : "ipv6.hlim")[nth]),
    evil: version === 4 ? flag(told("ip.flags.rb")[nth]) : null,
    fragment: fragment?.datagram ?? null,
    first,
    tcp,
    udpChecksum: top === "udp" ? number(told("udp.checksum")[nthUdp(layers, next.at)]) : null,
    icmp: icmp && { ...icmp, identifier: subject!.identifier },
    quoted: icmp === null
      ? null
      : quotedBy(told, layers, next.at, version, icmp.type, room - 8, around.apart),
    // Of the smallest fragments tshark believes half a header
    web: first && fragment === null ? webOf(told, top) : null,
    dnsResponse: layers[next.at + 1] === "dns" && (fragment === null || room >= DNS_IN_UDP) &&
      isDnsResponse(told, fragment !== null),
  };
  if (fragment !== null) return { packet, inside: null };
  const carrier = { ...packet, layers, at: next.at, version, around } as const;
  const inside = insideOf(carrier, told);
  const inner = inside && toIp(layers, { ...inside, place: start + next.headers }, told, true);
  return { packet, inside: inner && { ...inner, end: start + octets, limit: start + octets } };
}

function quotedBy(
  told: Told,
  layers: readonly string[],
  icmp: number,
  version: 4 | 6,
  type: number,
  room: number,
  apart: readonly string[],
): Quoted | null {
  if (!(version === 4 ? ERRORS_4 : ERRORS_6).includes(type)) return null;
  if (layers[icmp + 1] !== (version === 4 ? "ip" : "ipv6")) return null;
  const nth = nthOf(layers, icmp + 1);
  const source = told(version === 4 ? "ip.src" : "ipv6.src")[nth];
  const destination = told(version === 4 ? "ip.dst" : "ipv6.dst")[nth];
  if (source === undefined || destination === undefined) return null;
  const next = behind(layers, icmp + 1, told, nth);
  if (next === null || next.headers > room) return null;
  const { at, protocol, fragment } = next;
  if (fragment !== null && fragment.offset > 0) {
    return {
      ...{ source, destination, protocol, sourcePort: null, destinationPort: null, apart },
      datagram: fragment.datagram,
    };
  }
  const [top, least] = [layers[at], next.headers + 6];
  if (top === "icmp" || top === "icmpv6") {
    // Of one that is cut before, tshark may say the type
    if (least > room || told(`${top}.type`)[1] === undefined) return null;
    const subject = subjectOf(told, top, 1);
    return {
      ...{ source, destination, protocol, sourcePort: null, destinationPort: null, subject },
      apart,
      datagram: null,
    };
  }
  const ports = portsOf(told, layers, at);
  if ([6, 17, ...OTHERS_WITH_PORTS.keys()].includes(protocol) && ports.destinationPort === null) {
    return null;
  }
  return { source, destination, protocol, ...ports, apart, datagram: null };
}
