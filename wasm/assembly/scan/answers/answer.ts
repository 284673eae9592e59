// Packets that came in: which are answers to probes, and what becomes of them.

import { allocate } from "../../memory.ts";
import { LATER, LONGEST, OK, packet, quoted } from "../../packet.ts";
import { RECORD } from "../../capture/records.ts";
import { u32be } from "../../wire/bytes.ts";
import { keepLayers } from "../../wire/encap/layers.ts";
import { network, setWireEnd } from "../../wire/encap/step.ts";
import * as icmp from "../../wire/icmp.ts";
import { ip } from "../../wire/ip.ts";
import { link } from "../../wire/link/links.ts";
import * as tcp from "../../wire/tcp.ts";
import { timestampsOf } from "../../wire/tcp_options.ts";
import { isIcmp, transport } from "../../wire/transport.ts";
import * as udp from "../../wire/udp.ts";
import { armsOver, completeTemplates, DNS, templateOf } from "../template.ts";
import {
  canonicalDns,
  canonicalEcho,
  canonicalError,
  canonicalTcp,
  canonicalUdp,
} from "./canonical.ts";
import { epochMs } from "./expected.ts";
import {
  countKind,
  DNS_ANSWER,
  ECHO_REPLY,
  FOREIGN,
  ICMP_OTHER,
  ICMP_UNREACHABLE,
  LATE,
  MALFORMED,
  NO_ROOM,
  REPEATED,
  RST,
  SYNACK,
  UDP_ANSWER,
  UNPROVEN,
} from "./kinds.ts";
import {
  ACKNOWLEDGED,
  ANSWERED,
  arm,
  ECHOED,
  epoch,
  EXPIRED,
  flow,
  PARTLY,
  prove,
  PROVED,
  QUOTED,
  REPEATED_TEXT,
  reserveProof,
  round,
  row,
  setTarget,
} from "./proof.ts";
import { KEPT, refer, reserveShapes } from "./shapes.ts";
import {
  answeredOf,
  complete,
  enter,
  errorsOf,
  find,
  forget,
  isConcluded,
  noteCrowded,
  noteUnproven,
  reserveTargets,
  setAnswer,
  spoil,
  wasCrowded,
} from "./targets.ts";

const UDP_HEADER: usize = 8;
const DNS_HEADER: usize = 12;
/** How far the packets of a batch are set apart at most, in milliseconds, whatever their times say. */
const LONGEST_BATCH: f64 = 10_000;

let input: usize = 0;
let inputSize: usize = 0;

/** Answered targets of each arm, an f64 each. */
const answered: usize = memory.data(64, 8);
/** Targets that have answered. */
let targets: f64 = 0;

/** When the batch was taken, its epoch, and when the packet at hand came in, as far as can be told. */
let now: u32 = 0;
let nowEpoch: u32 = 0;
let came: u32 = 0;

/**
 * After templates, sources and `scanExpect`: makes room for an input of so many octets, and for targets
 * and shapes. False when memory is used up.
 */
export function scanReserveAnswers(octets: usize, most: u32, shapes: u32): bool {
  completeTemplates();
  inputSize = octets;
  input = allocate(octets + KEPT);
  return input != 0 && reserveProof() && reserveShapes(shapes) && reserveTargets(most);
}

/** Where captured packets go. */
export function scanInputAt(): usize {
  return input;
}

/** Where the numbers of answered targets are, one for each arm. */
export function scanAnsweredAt(): usize {
  return answered;
}

/** How many targets have answered. */
export function scanTargetsAnswered(): f64 {
  return targets;
}

/**
 * Takes the packets of the first octets of the input, as pcap_dump(3) wrote them.
 *
 * @param fraction what one unit of a time's fraction is worth, in nanoseconds
 * @param ms when they were taken
 * @param wall the same by the clock of their times, in milliseconds since 1970; not a number where the
 *   last of them counts as taken when it came
 */
export function scanTake(octets: usize, linkType: i32, fraction: u32, ms: f64, wall: f64): void {
  now = u32(u64(ms));
  nowEpoch = u32(ms / epochMs);
  forget(now);
  const end = input + min(octets, inputSize);
  const last = isNaN(wall) ? lastTime(end, fraction) : wall;
  for (let at = input; at + RECORD <= end;) {
    const captured = load<u32>(at, 8);
    if (usize(captured) > end - at - RECORD) break;
    const before = min(max(last - timeOf(at, fraction), 0), min(LONGEST_BATCH, ms));
    came = u32(u64(ms - before));
    const start = at + RECORD;
    at = start + captured;
    countKind(kindOf(linkType, start, at, load<u32>(start - 4)));
  }
}

/** When the last packet came in, as its record says, in milliseconds. */
function lastTime(end: usize, fraction: u32): f64 {
  let last: f64 = 0;
  for (let at = input; at + RECORD <= end;) {
    last = timeOf(at, fraction);
    at += RECORD + usize(min(load<u32>(at, 8), LONGEST));
  }
  return last;
}

function timeOf(at: usize, fraction: u32): f64 {
  return f64(load<u32>(at)) * 1000 + f64(load<u32>(at, 4)) * f64(fraction) / 1e6;
}

function kindOf(linkType: i32, start: usize, end: usize, wireLength: u32): u32 {
  const long = max(u32(end - start), wireLength);
  keepLayers(0);
  setWireEnd(start + min(long, u32(end - start) + LONGEST));
  if (link(linkType, start, end) != OK) return MALFORMED;
  const onWire = long - u32(network - start);
  if (ip(network, end, onWire, onWire, packet) != OK) return MALFORMED;
  if (packet.fragment == LATER || transport(packet) != OK) return MALFORMED;
  if (packet.protocol == tcp.PROTOCOL) return segment();
  if (packet.protocol == udp.PROTOCOL) return datagram();
  return isIcmp(packet) ? message() : FOREIGN;
}

/** A segment counts that answers a SYN (RFC 9293, section 3.10.7.3). */
function segment(): u32 {
  const flags = packet.flags;
  if ((flags & tcp.ACK) == 0 || (flags & (tcp.SYN | tcp.RST)) == 0) return FOREIGN;
  setTarget(packet.source, packet.version, load<u16>(packet.transport));
  const proof = prove(ACKNOWLEDGED, packet.destinationPort, nowEpoch);
  if (proof != PROVED) return unproved(proof);
  const number = entry();
  if (number == 0) return NO_ROOM;
  const known = standing(number, false);
  if (known != PROVED) return known;
  const timestamps = timestampsOf(packet);
  const at = timestamps != 0 && timestamps + 10 <= packet.end ? timestamps : 0;
  const kind = flags & tcp.RST ? RST : SYNACK;
  return keep(number, kind, false, canonicalTcp(at), echoed(at));
}

function datagram(): u32 {
  const arms = armsOver(packet.version);
  if (arms == 0) return FOREIGN;
  setTarget(packet.source, packet.version, load<u16>(packet.transport));
  const isDns = templateOf(packet.version, 0).echo == DNS;
  if (isDns && udp.payload(packet) + DNS_HEADER > packet.end) return FOREIGN;
  const proof = prove(isDns ? ANSWERED : REPEATED_TEXT, packet.destinationPort, nowEpoch);
  if (proof != PROVED) return unproved(proof);
  const number = entry();
  if (number == 0) return NO_ROOM;
  const known = standing(number, false);
  if (known != PROVED) return known;
  return isDns
    ? keep(number, DNS_ANSWER, false, canonicalDns(), 0)
    : keep(number, UDP_ANSWER, false, canonicalUdp(), 0);
}

function message(): u32 {
  if (icmp.quotes(packet)) return error();
  const type = icmp.type(packet.transport);
  if (type != (packet.version == 4 ? 0 : 129)) return FOREIGN;
  setTarget(packet.source, packet.version, 0);
  const proof = prove(ECHOED, icmp.identifier(packet.transport), nowEpoch);
  if (proof != PROVED) return unproved(proof);
  const number = entry();
  if (number == 0) return NO_ROOM;
  const known = standing(number, false);
  return known == PROVED ? keep(number, ECHO_REPLY, false, canonicalEcho(), 0) : known;
}

/** An ICMP error counts when it quotes a probe, whoever sends it. */
function error(): u32 {
  if (icmp.quotation(packet, quoted) != OK) return MALFORMED;
  if (quoted.fragment == LATER) return FOREIGN;
  const isQuery = isIcmp(quoted);
  let port: u16 = 0;
  if (!isQuery) port = load<u16>(quoted.transport, 2);
  setTarget(quoted.destination, packet.version, port);
  const from = isQuery ? icmp.identifier(quoted.transport) : quoted.sourcePort;
  const proof = prove(QUOTED, from, nowEpoch);
  if (proof != PROVED) return unproved(proof);
  if (!isFinal()) return ICMP_OTHER;
  const number = entry();
  if (number == 0) return NO_ROOM;
  const known = standing(number, true);
  if (known != PROVED) return known;
  const kind = icmp.isUnreachable(packet) ? ICMP_UNREACHABLE : ICMP_OTHER;
  return keep(number, kind, true, canonicalError(), 0);
}

/**
 * Whether an error says that a probe did not arrive for good: one that asks for slower sending (source
 * quench), another router (redirect) or smaller packets does not.
 */
function isFinal(): bool {
  const type = icmp.type(packet.transport);
  if (packet.version == 6) return type != 2;
  return type != 4 && type != 5 && !(type == 3 && icmp.wantsSmallerPackets(packet));
}

function unproved(proof: u32): u32 {
  if (proof != PARTLY) return proof == EXPIRED ? LATE : FOREIGN;
  // Whoever guesses a port can send it from any address, so that it makes no target known
  noteUnproven(row);
  return UNPROVEN;
}

/** The number of the target's entry, which is made if there is none; 0 when there is no room. */
function entry(): u32 {
  const known = find(row);
  if (known != 0) return known;
  const number = enter(row, now);
  if (number == 0) noteCrowded(now);
  else if (wasCrowded(now)) spoil(number);
  return number;
}

/** `PROVED` where an answer to the arm at hand still counts for a target, or what kind it is then. */
function standing(number: u32, isError: bool): u32 {
  const transports = answeredOf(number);
  const bit: u32 = 1 << arm;
  const before = isError || isConcluded(number) ? transports | errorsOf(number) : transports;
  if (before & bit) return REPEATED;
  return isConcluded(number) ? LATE : PROVED;
}

/** When the probe was sent that a segment with timestamps answers, in milliseconds and one more; 0 where they do not tell. */
function echoed(timestamps: usize): u64 {
  if (timestamps == 0 || templateOf(packet.version, arm).timestampAt == 0) return 0;
  const sent = u32be(timestamps + 6) - u32(flow);
  // What it echoes must be from the epoch of the token that it acknowledges
  const since = sent - u32(u64(f64(epoch) * epochMs));
  return f64(since) <= epochMs ? u64(sent) + 1 : 0;
}

/** Keeps an answer, and what kind it is. */
function keep(number: u32, kind: u32, isError: bool, kept: u32, sent: u64): u32 {
  const shape = refer(kept, packet.octets);
  if (shape == 0) {
    spoil(number);
    return NO_ROOM;
  }
  const transports = answeredOf(number);
  const errors = errorsOf(number);
  const bit: u32 = 1 << arm;
  if (((transports | errors) & bit) == 0) {
    const at = answered + (usize(arm) << 3);
    store<f64>(at, load<f64>(at) + 1);
  }
  if ((transports | errors) == 0) targets += 1;
  const isKnown = sent != 0;
  const from = isKnown ? u32(sent - 1) : u32(u64(f64(epoch) * epochMs));
  // Clocks of captures and of this program differ by little
  const delay = max(i32((isKnown ? came : now) - from), 0);
  setAnswer(number, arm, isError, shape, round, u32(delay), isKnown);
  const all = u32((1 << armsOver(packet.version)) - 1);
  if (!isError && (transports | bit) == all) complete(number);
  return kind;
}
