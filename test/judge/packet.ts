import {
  flag,
  isDnsResponse,
  messageOf,
  number,
  portsOf,
  type Segment,
  segmentOf,
} from "./transport.ts";
import type { Column, Told } from "./tshark.ts";

/** The ends of a flow as a packet names them. */
export interface Ends {
  readonly source: string;
  readonly destination: string;
  readonly protocol: number;
  /** Ports; null where the protocol has none. */
  readonly sourcePort: number | null;
  readonly destinationPort: number | null;
}

/** A packet that can be counted to a flow. */
export interface Packet extends Ends {
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
  /** Which datagram a fragment belongs to; null when it is whole. */
  readonly fragment: string | null;
  /** Whether it begins with a transport header. */
  readonly first: boolean;
  readonly tcp: Segment | null;
  readonly udpChecksum: number | null;
  /** Type and code of an ICMP message of either version. */
  readonly icmp: { readonly type: number; readonly code: number } | null;
  /** Ends of the packet that an ICMP error quotes. */
  readonly quoted: Ends | null;
  /** Whether it is a valid DNS response. */
  readonly dnsResponse: boolean;
}

/** An IPv6 extension header: its protocol number and where tshark says what follows and how long it is. */
interface Extension {
  readonly number: number;
  readonly next: Column;
  readonly length: (told: Told, nth: number) => number;
}

const octets = (column: Column) => (told: Told, nth: number) => Number(told(column)[nth]);

const EXTENSIONS: Readonly<Record<string, Extension>> = {
  "ipv6.hopopts": { number: 0, next: "ipv6.hopopts.nxt", length: octets("ipv6.hopopts.len_oct") },
  "ipv6.routing": { number: 43, next: "ipv6.routing.nxt", length: octets("ipv6.routing.len_oct") },
  "ipv6.fraghdr": { number: 44, next: "ipv6.fraghdr.nxt", length: () => 8 },
  "ah": {
    number: 51,
    next: "ah.next_header",
    length: (told, nth) => (Number(told("ah.length")[nth]) + 2) * 4,
  },
  "ipv6.dstopts": { number: 60, next: "ipv6.dstopts.nxt", length: octets("ipv6.dstopts.len_oct") },
};
const ERRORS_4 = [3, 4, 5, 11, 12];
const ERRORS_6 = [1, 2, 3, 4];

/** Where IP starts in a frame, from the layers before it. */
function linkLength(layers: readonly string[], told: Told): number {
  const tags = layers.filter((layer) => layer === "vlan" || layer === "ieee8021ad").length * 4;
  switch (layers[0]) {
    case "eth":
      return 14 + tags;
    case "sll":
      return (told("sll.ifindex").length > 0 ? 20 : 16) + tags;
    case "null":
      return 4;
  }
  return 0;
}

/** What follows an IP header: its layer, its protocol, and the octets of headers before it. */
interface Behind {
  readonly at: number;
  readonly protocol: number;
  readonly headers: number;
}

/** What follows the first IP header or the second; null where tshark does not get there. */
function behind(layers: readonly string[], from: number, told: Told, nth: number): Behind | null {
  if (layers[from] === "ip") {
    const [length, protocol] = [told("ip.hdr_len")[nth], told("ip.proto")[nth]];
    if (length === undefined || protocol === undefined) return null;
    return { at: from + 1, protocol: Number(protocol), headers: Number(length) };
  }
  let protocol = number(told("ipv6.nxt")[nth]);
  let headers = 40;
  let at = from + 1;
  for (let extension; (extension = EXTENSIONS[layers[at]!]) !== undefined; at++) {
    const before = layers.slice(0, at).filter((layer) => layer === layers[at]).length;
    protocol = number(told(extension.next)[before]);
    headers += extension.length(told, before);
  }
  // A header that should follow, but is not there
  const stops = Object.values(EXTENSIONS).some((extension) => extension.number === protocol);
  if (protocol === null || Number.isNaN(headers)) return null;
  return stops && layers[at - 1] !== "ipv6.fraghdr" ? null : { at, protocol, headers };
}

/** The packet, or why it is in no flow. */
export function packetOf(told: Told): Packet | "not ip" | "unreadable" {
  const layers = told("frame.protocols")[0]?.split(":") ?? [];
  const ip = layers.findIndex((layer) => layer === "ip" || layer === "ipv6");
  if (ip < 0) return "not ip";
  const version = layers[ip] === "ip" ? 4 : 6;
  const source = told(version === 4 ? "ip.src" : "ipv6.src")[0];
  const destination = told(version === 4 ? "ip.dst" : "ipv6.dst")[0];
  if (source === undefined || destination === undefined) return "unreadable";
  const next = behind(layers, ip, told, 0);
  if (next === null) return "unreadable";
  const link = linkLength(layers.slice(0, ip), told);
  const onWire = Number(told("frame.len")[0]) - link;
  const captured = Number(told("frame.cap_len")[0]) - link - next.headers;
  const length = version === 4
    ? number(told("ip.len")[0])
    : number(told("ipv6.plen")[0])! + (told("ipv6.plen")[0] === "0" ? 0 : 40);
  // 0 where segmentation offload is still to come
  const octets = length || onWire;
  if (captured < 0 || octets > onWire || octets < next.headers) return "unreadable";
  const fragment = fragmentOf(told, version);
  const first = fragment === null || fragment.offset === 0;
  const top = first ? layers[next.at] : undefined;
  const room = Math.min(captured, octets - next.headers);
  const tcp = top === "tcp" && room >= 20 ? segmentOf(told, octets - next.headers, captured) : null;
  const icmp = (top === "icmp" || top === "icmpv6") && room >= 8 ? messageOf(told, top) : null;
  if (first) {
    if (next.protocol === 6 && tcp === null) return "unreadable";
    if (next.protocol === 17 && (top !== "udp" || room < 8)) return "unreadable";
    if (next.protocol === (version === 4 ? 1 : 58) && icmp === null) return "unreadable";
  }
  const time = told("frame.time_epoch")[0]!;
  return {
    source,
    destination,
    protocol: next.protocol,
    ...portsOf(told, top),
    time,
    nanoseconds: BigInt(time.replace(".", "")),
    octets,
    dscp: Number(told(version === 4 ? "ip.dsfield.dscp" : "ipv6.tclass.dscp")[0]),
    ecn: Number(told(version === 4 ? "ip.dsfield.ecn" : "ipv6.tclass.ecn")[0]),
    ttl: Number(told(version === 4 ? "ip.ttl" : "ipv6.hlim")[0]),
    evil: version === 4 ? flag(told("ip.flags.rb")[0]) : null,
    fragment: fragment === null
      ? null
      : [source, destination, version === 4 ? next.protocol : "", fragment.id].join(" "),
    first,
    tcp,
    udpChecksum: top === "udp" ? number(told("udp.checksum")[0]) : null,
    icmp,
    quoted: icmp === null ? null : quotedBy(told, layers, next.at, version, icmp.type, room - 8),
    dnsResponse: layers[next.at + 1] === "dns" && isDnsResponse(told),
  };
}

function fragmentOf(told: Told, version: 4 | 6): { id: string; offset: number } | null {
  if (version === 6) {
    const [id] = told("ipv6.fraghdr.ident");
    if (id === undefined) return null;
    return { id, offset: Number(told("ipv6.fraghdr.offset")[0]) };
  }
  const offset = Number(told("ip.frag_offset")[0]);
  if (offset === 0 && !flag(told("ip.flags.mf")[0])) return null;
  return { id: told("ip.id")[0]!, offset };
}

function quotedBy(
  told: Told,
  layers: readonly string[],
  icmp: number,
  version: 4 | 6,
  type: number,
  room: number,
): Ends | null {
  if (!(version === 4 ? ERRORS_4 : ERRORS_6).includes(type)) return null;
  if (layers[icmp + 1] !== (version === 4 ? "ip" : "ipv6")) return null;
  const source = told(version === 4 ? "ip.src" : "ipv6.src")[1];
  const destination = told(version === 4 ? "ip.dst" : "ipv6.dst")[1];
  if (source === undefined || destination === undefined) return null;
  if (version === 4 && told("ip.frag_offset")[1] !== "0") return null;
  const next = behind(layers, icmp + 1, told, 1);
  if (next === null || next.headers > room) return null;
  const { at, protocol } = next;
  const ports = portsOf(told, layers[at]);
  if ((protocol === 6 || protocol === 17) && ports.destinationPort === null) return null;
  return { source, destination, protocol, ...ports };
}
