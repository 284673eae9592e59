// Writes probes: an arm's frame, with what differs from target to target filled in. Checksums are made of
// the template's and of what was filled in (RFC 1624).

import { fold } from "../forge/checksum.ts";
import { allocate } from "../memory.ts";
import { PROTOCOL as ICMP_4 } from "../wire/icmp.ts";
import { hexadecimal } from "./hexadecimal.ts";
import {
  completeMessage,
  firstSlot,
  frameAt,
  reserveMessages,
  ROW,
  scanRowsAt,
} from "./messages.ts";
import {
  armsOver,
  completeTemplates,
  DNS,
  ECHO,
  SEQUENCE,
  STEP,
  Template,
  templateOf,
} from "./template.ts";
import { armAt, flowOf, packetId, probeToken, sourceOf, sourcePort, targetToken } from "./token.ts";

/** The last octets of an address before those of IPv4, in 16 of them (RFC 4291, section 2.5.5.2). */
const MAPPED: u32 = 0xffff_0000;
/** What tells upper case from lower case in ASCII. */
const CASE: u64 = 5;
/** The bit of the token for the first letter of a question. */
const FIRST_LETTER: u64 = 16;

/** Source addresses over each version, in 16 octets each. */
let sources4: usize = 0;
let sources6: usize = 0;
let sourceCount4: u32 = 0;
let sourceCount6: u32 = 0;

/** Makes room for the addresses to send from over a version; where they go, 16 octets each; 0 without memory. */
export function scanSources(version: u32, count: u32): usize {
  const at = allocate(usize(count) * 16);
  if (version == 4) {
    sources4 = at;
    sourceCount4 = count;
  } else {
    sources6 = at;
    sourceCount6 = count;
  }
  return at;
}

/** Where the address is, in its octets, that a target's probes have over a version, given what they have in common. */
export function sourceAt(target: u64, version: u32): usize {
  return version == 4
    ? sources4 + usize(sourceOf(target, sourceCount4)) * 16
    : sources6 + usize(sourceOf(target, sourceCount6)) * 16;
}

/** Completes templates that stand where they go, and makes room for messages: see `reserveMessages`. */
export function scanReserve(slots: usize, names: u32, interfaceIndex: u32): bool {
  completeTemplates();
  return reserveMessages(slots, names, interfaceIndex);
}

/**
 * Writes the probes to the first rows that are sent at a place of a round's order of arms; how many
 * they are. Rows whose version has no template have none.
 *
 * @param ms since the scan began
 * @param only rows of this version, 0 for all
 */
export function scanWrite(
  count: i32,
  place: u32,
  round: u32,
  epoch: u32,
  ms: f64,
  half: u32,
  only: u32,
): i32 {
  const first = firstSlot(half);
  const now = u32(u64(ms));
  let row = scanRowsAt();
  const end = row + usize(count) * ROW;
  let slot = first;
  for (; row < end; row += ROW) {
    const version: u32 = isMapped(row) ? 4 : 6;
    if (only != 0 && version != only) continue;
    const arms = armsOver(version);
    if (arms == 0) continue;
    const target = targetToken(row);
    const arm = armAt(target, place, round, arms);
    const template = templateOf(version, arm);
    write(template, frameAt(slot), row, target, arm, round, epoch, now);
    completeMessage(slot, template.octets, version, row);
    slot++;
  }
  return i32(slot - first);
}

function isMapped(row: usize): bool {
  return load<u64>(row) == 0 && load<u32>(row, 8) == MAPPED;
}

/** Writes a probe to the octets from a place on, some more of which may be overwritten. */
export function write(
  template: Template,
  frame: usize,
  row: usize,
  target: u64,
  arm: u32,
  round: u32,
  epoch: u32,
  now: u32,
): void {
  copy(template, frame);
  const flow = flowOf(target, arm, round);
  const token = probeToken(row, arm, round, epoch);
  const addresses = template.version == 4
    ? putIpv4(template, frame + template.ip, row, target, token)
    : putIpv6(template, frame + template.ip, row, target, flow);
  const transport = frame + template.transport;
  let total = template.transportSum;
  if (template.protocol != ICMP_4) total += addresses;
  const port = u32(bswap<u16>(u16(sourcePort(flow))));
  const echo = template.echo;
  if (echo == ECHO) {
    const idAndSequence = port | u32(bswap<u16>(u16(token))) << 16;
    store<u32>(transport, idAndSequence, 4);
    total += u64(idAndSequence);
  } else {
    const ports = port | u32(load<u16>(row, 16)) << 16;
    store<u32>(transport, ports);
    total += u64(ports);
  }
  if (echo == SEQUENCE) {
    const sequence = bswap<u32>(u32(token));
    store<u32>(transport, sequence, 4);
    total += u64(sequence);
  } else {
    total += putEcho(template, frame, token) << template.echoShift;
    if (echo == DNS) total -= putLetters(template, frame, token);
  }
  if (template.timestampAt != 0) {
    const value = bswap<u32>(now + u32(flow));
    store<u32>(frame + template.timestampAt, value);
    total += u64(value) << template.timestampShift;
  }
  if (template.checksum != 0) {
    const checksum = fold(total);
    // A UDP checksum of zero says that there is none: its other form, all ones, means the same number
    store<u16>(frame + template.checksum, checksum == 0 && template.isUdp ? 0xffff : checksum);
  }
}

function copy(template: Template, frame: usize): void {
  let from = template.frame;
  const end = from + template.octets;
  for (; from < end; from += STEP, frame += STEP) v128.store(frame, v128.load(from));
}

/** Fills in an IPv4 header; the sum of its addresses. */
function putIpv4(template: Template, ip: usize, row: usize, target: u64, token: u64): u64 {
  const id = bswap<u16>(u16(packetId(token)));
  const source = load<u32>(sourceAt(target, 4));
  const destination = load<u32>(row, 12);
  const addresses = u64(source) + u64(destination);
  store<u16>(ip, id, 4);
  store<u16>(ip, fold(template.headerSum + addresses + u64(id)), 10);
  store<u32>(ip, source, 12);
  store<u32>(ip, destination, 16);
  return addresses;
}

/** Fills in an IPv6 header; the sum of its addresses. */
function putIpv6(template: Template, ip: usize, row: usize, target: u64, flow: u64): u64 {
  if (template.fillsLabel) {
    store<u32>(ip, load<u32>(ip) | bswap<u32>(u32(flow) & 0xf_ffff));
  }
  const source = sourceAt(target, 6);
  v128.store(ip, v128.load(source), 8);
  v128.store(ip, v128.load(row), 24);
  return halves(load<u64>(source)) + halves(load<u64>(source, 8)) + halves(load<u64>(row)) +
    halves(load<u64>(row, 8));
}

/** The sum of a word of 64 bits that stands at an even place. */
function halves(word: u64): u64 {
  return (word & 0xffff_ffff) + (word >> 32);
}

/** Fills in the token where it is echoed; the sum of that. */
function putEcho(template: Template, frame: usize, token: u64): u64 {
  const at = frame + template.echoAt;
  if (template.echo == DNS) {
    const id = bswap<u16>(u16(token));
    store<u16>(at, id);
    return u64(id);
  }
  if (template.echo == ECHO) {
    const value = bswap<u64>(token);
    store<u64>(at, value);
    return halves(value);
  }
  const upper = hexadecimal(u32(token >> 32));
  const lower = hexadecimal(u32(token));
  store<u64>(at, upper);
  store<u64>(at, lower, 8);
  return halves(upper) + halves(lower);
}

/** Makes letters upper case that are to be so; what the sum becomes less by. */
function putLetters(template: Template, frame: usize, token: u64): u64 {
  const transport = template.transport;
  let less: u64 = 0;
  let bits = token >> FIRST_LETTER;
  const end = template.letters + usize(template.letterCount) * 2;
  for (let letter = template.letters; letter < end; letter += 2) {
    const at = usize(load<u16>(letter));
    const off = (bits & 1) << CASE;
    bits >>= 1;
    store<u8>(frame + at, load<u8>(frame + at) ^ u8(off));
    less += off << (u64((at - transport) & 1) << 3);
  }
  return less;
}
