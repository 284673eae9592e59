import { slowDnsResponse } from "./slow_dns.ts";
import { slowHttpVersion } from "./slow_http.ts";
import { slowLongHeader } from "./slow_quic.ts";
import { slowInitialHello } from "./slow_initial.ts";
import { slowHello } from "./slow_tls.ts";

/** One packet, as test/data/slow_reader.ts finds it: what the chains look at. */
export interface SlowPacket {
  readonly version: number;
  readonly protocol: number;
  readonly trafficClass: number;
  readonly ttl: number;
  /** The reserved flag of IPv4. */
  readonly reserved: boolean;
  /** Octets of the transport header and payload that were captured, and how many there were. */
  readonly transport: readonly number[];
  readonly room: number;
  /** Whether all of the transport header is there. */
  readonly isWhole: boolean;
  /** The headers around it. */
  readonly headers: readonly string[];
}

/**
 * The chains' fields of a flow in which this is the only packet, in one direction, and its time: those that
 * may be others than in a flow that has just begun.
 */
export function slowChains(
  packet: SlowPacket,
  reverse: boolean,
  time: number,
): Record<string, unknown> {
  const record: Record<string, unknown> = { part_number: 1 };
  const way = reverse ? "rev" : "fwd";
  record.encap = packet.headers;
  if (reverse) record.encap_rev = packet.headers;
  const { transport: octets, protocol } = packet;
  const isTcp = protocol === 6;
  const tcp = isTcp && packet.isWhole ? slowSegment(octets, packet.room) : null;
  const syn = tcp !== null && (tcp.flags & 2) !== 0;
  const kind = syn ? "syn" : "data";
  const ecn = ["", "ect1", "ect0", "ce"][packet.trafficClass % 4];
  if (ecn !== "") {
    record[`ecn_${ecn}_${kind}_${way}`] = true;
    record[`ecnx_${ecn}_${way}`] = 1;
  }
  if (ecn === "ce") record[`ecnx_ce_time_${way}`] = time;
  if (syn || !isTcp || tcp !== null && tcp.payload > 0) {
    record[`dscp_mark_${kind}_${way}`] = Math.floor(packet.trafficClass / 4);
    if (packet.version === 4) record[`evilbit_${kind}_${way}`] = packet.reserved;
  }
  if (protocol === 17 && packet.isWhole) {
    record[`udp_zero_checksum_${way}`] = octets[6] === 0 && octets[7] === 0;
    const said = octets[4]! * 256 + octets[5]!;
    const length = (said || packet.room) - 8;
    record.dns_response_valid = reverse && slowDnsResponse(octets.slice(8), length);
    const datagram = octets.slice(8, 8 + length);
    Object.assign(record, slowInitialHello(datagram, Math.min(length, packet.room - 8)));
    const header = slowLongHeader(datagram);
    if (header !== null) {
      if (header.version === 0) record.quic_negotiation = true;
      else record.quic_version = header.version;
      record[`quic_dcid_len_${way}`] = header.destination;
      record[`quic_scid_len_${way}`] = header.source;
    }
  }
  if (protocol === (packet.version === 4 ? 1 : 58)) slowMessage(record, packet, way);
  if (tcp === null) return record;
  const { flags, payload, options, data } = tcp;
  record[`tcp_fin_${way}`] = (flags & 1) !== 0;
  record[`tcp_rst_${way}`] = (flags & 4) !== 0;
  record[`tcpx_ttl_${way}`] = packet.ttl;
  record[`tcpx_payload_${way}`] = payload;
  if (reverse && payload > 0 && data.length >= 2) {
    record.dns_response_valid = slowDnsResponse(data.slice(2), data[0]! * 256 + data[1]!);
  }
  if (payload > 0) {
    Object.assign(record, slowHello(data.slice(0, payload), data.length < payload));
  }
  if (payload > 0) record[`http_version_${way}`] = slowHttpVersion(data);
  const stamp = options.list.find((option) => option[0] === 8 && option.length === 10);
  if (stamp !== undefined) {
    const [value, echo] = [2, 6].map((from) =>
      stamp.slice(from, from + 4).reduce((sum, octet) => sum * 256 + octet, 0)
    );
    for (const which of ["first", "last"]) {
      record[`ts_value_${which}_${way}`] = value;
      if (flags & 16) record[`ts_echo_${which}_${way}`] = echo;
    }
  }
  if (!syn) {
    if (flags & 64) record[`ecnx_ece_${way}`] = 1;
    if (flags & 128) record[`ecnx_cwr_${way}`] = 1;
    return record;
  }
  record[`tcp_synflags_${way}`] = flags;
  record[`tcpx_window_${way}`] = octets[14]! * 256 + octets[15]!;
  if (options.whole) record[`tcpx_options_${way}`] = shown(options.list.map(([kind]) => kind!));
  const answer = (flags & 16) !== 0;
  if (answer) {
    for (const [name, kind, size] of [["ts", 8, 10], ["ws", 3, 3], ["sack", 4, 2]] as const) {
      const there = options.list.some((option) => option[0] === kind && option.length === size);
      record[`tcpopt_${name}`] = there ? true : options.whole ? false : null;
    }
    if (reverse) record.tcpx_synack_rev = 1;
  } else if (!reverse) record.tcpx_syn_fwd = 1;
  const mss = options.list.find(([kind]) => kind === 2);
  if (mss !== undefined) {
    record[`mss_len_${way}`] = mss.length;
    const value = mss.length === 4 ? mss[2]! * 256 + mss[3]! : null;
    record[`mss_value_${way}`] = record[`tcpx_mss_${way}`] = value;
  }
  const scale = options.list.find((option) => option[0] === 3 && option.length === 3);
  if (scale !== undefined) record[`tcpx_wscale_${way}`] = scale[2];
  const cookie = options.list.find(([kind]) => kind === 34) ??
    options.list.find(([kind, , a, b]) => kind! >= 254 && a === 0xf9 && b === 0x89);
  if (cookie !== undefined && !answer && !reverse) {
    record.tfo_synkind = cookie[0];
    const held = cookie.slice(cookie[0] === 34 ? 2 : 4);
    record.tfo_synclen = held.length;
    record.tfo_synhash = held.length === 0 ? 0 : fnv1a(held);
    record.tfo_seq = octets.slice(4, 8).reduce((sum, octet) => sum * 256 + octet, 0);
    record.tfo_dlen = payload;
  }
  return record;
}

/** Questions and answers that have an identifier, of both versions. */
const QUERIES = { 4: [0, 8, 13, 14, 15, 16, 17, 18, 42, 43], 6: [128, 129, 160, 161] };

function slowMessage(
  record: Record<string, unknown>,
  { version, transport: [type, code, , , high, low] }: SlowPacket,
  way: string,
): void {
  record[`icmp_type_${way}`] = type;
  record[`icmp_code_${way}`] = code;
  if (QUERIES[version as 4 | 6].includes(type!)) record.icmp_id = high! * 256 + low!;
}

/** FNV-1a of 32 bits. */
function fnv1a(octets: readonly number[]): number {
  return octets.reduce((hash, octet) => Math.imul(hash ^ octet, 0x0100_0193) >>> 0, 0x811c_9dc5);
}

/** Option kinds as a record has room for them: 16 places, of which one above 13 takes three. */
function shown(kinds: readonly number[]): number[] {
  let room = 16;
  let end = 0;
  for (; end < kinds.length; end++) {
    room -= kinds[end]! > 13 ? 3 : 1;
    if (room < 0) break;
  }
  return kinds.slice(0, end);
}

function slowSegment(octets: readonly number[], room: number) {
  const header = Math.floor(octets[12]! / 16) * 4;
  return {
    flags: octets[12]! % 2 * 256 + octets[13]!,
    payload: room - header,
    data: octets.slice(header),
    options: slowOptions(octets.slice(20, header), header - 20),
  };
}

/** The options that can be read, each with all its octets, and whether there can be no more. */
function slowOptions(octets: readonly number[], length: number) {
  const list: number[][] = [];
  let rest = octets;
  let left = length;
  while (left > 0) {
    const kind = rest[0];
    if (kind === undefined) return { list, whole: false };
    const size = kind < 2 ? 1 : rest[1];
    if (size === undefined) return { list, whole: left === 1 };
    if (size === 0 || (kind > 1 && size === 1) || size > left) break;
    if (size > rest.length) return { list, whole: false };
    list.push(rest.slice(0, size));
    if (kind === 0) break;
    rest = rest.slice(size);
    left -= size;
  }
  return { list, whole: true };
}
