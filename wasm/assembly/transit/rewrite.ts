// What a middlebox changes in the packet at hand. Checksums that were right are right afterwards; one
// that was wrong stays as it was, since to mend it would hide what the packet's sender did.
import { fold, sum } from "../forge/checksum.ts";
import { addressLength } from "../forge/buffer.ts";
import { WHOLE } from "../packet.ts";
import { putU16be, u16be } from "../wire/bytes.ts";
import { PROTOCOL as ICMP, PROTOCOL_6 as ICMP_6 } from "../wire/icmp.ts";
import { kindAt, NOP, offsetAt, sizeAt, walked, walkOptions } from "../wire/options.ts";
import {
  FLAGS,
  HEADER as TCP_HEADER,
  headerLength,
  payload,
  PROTOCOL as TCP,
} from "../wire/tcp.ts";
import { PROTOCOL as UDP } from "../wire/udp.ts";
import { note, transit } from "./packet.ts";

/** Octets that the options of a segment may have (RFC 9293, section 3.1). */
const MOST_OPTIONS: usize = 40;
const MOST_OCTETS: u32 = 0xffff;

/** Whether something was changed, and whether the transport's checksum was right before. */
let changed = false;
let wasRight = false;

/** Begins with another packet, which was just read. */
export function transitBegin(): void {
  changed = false;
}

/** Where the checksum of the transport stands; 0 where there is none that is known. */
function checksumField(): usize {
  const at = transit.transport;
  if (at == 0 || transit.fragment != WHOLE) return 0;
  const protocol = transit.protocol;
  if (protocol == TCP) return at + 16;
  // A datagram without a checksum stays without one
  if (protocol == UDP) return load<u16>(at + 6) == 0 ? 0 : at + 6;
  return protocol == ICMP || protocol == ICMP_6 ? at + 2 : 0;
}

/** The sum of the transport with its pseudo-header, as the checksum in it goes into it. */
function transportSum(): u64 {
  const at = transit.transport;
  const length = transit.ip + transit.octets - at;
  const octets = sum(at, length);
  if (transit.protocol == ICMP) return octets;
  const addresses = addressLength(transit.version);
  return octets + sum(transit.source, addresses) + sum(transit.destination, addresses) +
    u64(bswap<u32>(u32(transit.protocol))) + u64(bswap<u32>(u32(length)));
}

/** To be called before anything is changed. */
export function transitChange(): void {
  if (changed) return;
  changed = true;
  const field = checksumField();
  wasRight = field != 0 && fold(transportSum()) == 0;
}

/** Puts the checksums right, after what was changed; octets of the packet, 0 when nothing was. */
export function transitFinish(): usize {
  if (!changed) return 0;
  const at = transit.ip;
  if (transit.version == 4) {
    store<u16>(at, 0, 10);
    store<u16>(at, fold(sum(at, usize(load<u8>(at) & 15) << 2)), 10);
  }
  const field = checksumField();
  if (field != 0 && wasRight) {
    store<u16>(field, 0);
    const right = fold(transportSum());
    store<u16>(field, right == 0 && transit.protocol == UDP ? 0xffff : right);
  }
  return transit.octets;
}

/** Says in the IP header that the packet has so many octets now. */
export function transitResize(octets: u32): void {
  const header: u32 = transit.version == 4 ? 0 : 40;
  putU16be(transit.ip + (header == 0 ? 2 : 4), octets - header);
  transit.octets = octets;
  transit.end = transit.ip + octets;
  note();
}

/** Type of service or traffic class: DSCP in the upper six bits, ECN in the lower two. */
export function transitTrafficClass(value: u32): void {
  transitChange();
  const at = transit.ip;
  if (transit.version == 4) store<u8>(at, u8(value), 1);
  else putU16be(at, u32(u16be(at) & 0xf00f) | value << 4);
  transit.trafficClass = u8(value);
  note();
}

function isSegment(): bool {
  return transit.protocol == TCP && transit.transport != 0 && transit.fragment == WHOLE;
}

/** The nine flags of a segment, AE = 0x100. */
export function transitTcpFlags(flags: u32): void {
  if (!isSegment()) return;
  transitChange();
  const at = transit.transport;
  store<u8>(at, load<u8>(at, 12) & 0xfe | u8(flags >> 8 & 1), 12);
  store<u8>(at, u8(flags), 13);
  transit.flags = u16(flags) & FLAGS;
  note();
}

/** The number of the first option of a kind among those that were walked, -1 without one. */
function find(kind: u32): i32 {
  if (!isSegment()) return -1;
  const from = transit.transport + TCP_HEADER;
  const end = transit.transport + headerLength(transit.transport);
  walkOptions(from, end, end);
  for (let i: usize = 0; i < walked; i++) {
    if (u32(kindAt(i)) == kind && (kind > NOP) && sizeAt(i) >= 2) return i32(i);
  }
  return -1;
}

/** Octets from the packet's start to the first option of a kind; 0 without one. Its length is its second octet. */
export function transitOption(kind: u32): usize {
  const i = find(kind);
  return i < 0 ? 0 : transit.transport + TCP_HEADER + offsetAt(i) - transit.ip;
}

/** Overwrites every option of a kind with NOPs. */
export function transitBlankOption(kind: u32): void {
  for (let i = find(kind); i >= 0; i = find(kind)) {
    transitChange();
    memory.fill(transit.transport + TCP_HEADER + offsetAt(i), NOP, sizeAt(i));
  }
  note();
}

/** Takes every option of a kind out; the header gets shorter by words that are not needed any more. */
export function transitRemoveOption(kind: u32): void {
  for (let i = find(kind); i >= 0; i = find(kind)) {
    transitChange();
    const from = transit.transport + TCP_HEADER;
    const length = headerLength(transit.transport) - TCP_HEADER;
    const at = from + offsetAt(i);
    const size = sizeAt(i);
    memory.copy(at, at + size, from + length - at - size);
    resize(length - size, length);
  }
  note();
}

/**
 * Puts an option, which lies behind the packet's last octet, behind the others. False where there is no
 * room for it.
 */
export function transitAddOption(octets: usize): bool {
  if (!isSegment()) return false;
  const from = transit.transport + TCP_HEADER;
  const end = transit.transport + headerLength(transit.transport);
  walkOptions(from, end, end);
  let used: usize = 0;
  for (let i: usize = 0; i < walked; i++) {
    if (kindAt(i) == 0) break;
    used = offsetAt(i) + sizeAt(i);
  }
  const length = end - from;
  const grown = (used + octets + 3) & ~3;
  const by = grown > length ? grown - length : 0;
  if (grown > MOST_OPTIONS || transit.octets + u32(by) > MOST_OCTETS) return false;
  transitChange();
  // It lies where the payload may grow over
  const option: StaticArray<u8> = kept;
  const last = transit.ip + transit.octets;
  memory.copy(changetype<usize>(option), last, octets);
  if (by > 0) {
    memory.copy(end + by, end, last - end);
    memory.fill(end, 0, by);
    lengthen(i32(by));
  }
  memory.copy(from + used, changetype<usize>(option), octets);
  note();
  return true;
}

const kept = new StaticArray<u8>(40);

/** Ends options that have become shorter with zeros, and drops words of them that are not needed. */
function resize(now: usize, before: usize): void {
  const from = transit.transport + TCP_HEADER;
  const padded = (now + 3) & ~3;
  memory.fill(from + now, 0, before - now);
  const by = before - padded;
  if (by == 0) return;
  const behind = from + before;
  memory.copy(behind - by, behind, transit.ip + transit.octets - behind);
  lengthen(-i32(by));
}

/** Says in all headers that the TCP header has become longer by some octets, or shorter. */
function lengthen(by: i32): void {
  const at = transit.transport;
  store<u8>(at, load<u8>(at, 12) & 0x0f | u8((i32(headerLength(at)) + by) >> 2) << 4, 12);
  transitResize(u32(i32(transit.octets) + by));
}

/** Writes 16 bits of the transport header, in an option for one; nothing beyond the payload's begin. */
export function transitPut16(offset: usize, value: u32): void {
  const at = transit.ip + offset;
  if (!isSegment() || at < transit.transport || at + 2 > payload(transit)) return;
  transitChange();
  putU16be(at, value);
}
