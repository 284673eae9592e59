// RFC 9293, section 3.1, and the options' own documents
import { Packet } from "../packet.ts";
import { u16be } from "./bytes.ts";
import { kindAt, NOP, offsetAt, sizeAt, walked, walkOptions } from "./options.ts";
import { HEADER, headerLength } from "./tcp.ts";

const MAXIMUM_SEGMENT_SIZE: u8 = 2;
const WINDOW_SCALE: u8 = 3;
const SACK_PERMITTED: u8 = 4;
const TIMESTAMPS: u8 = 8;
export const FAST_OPEN: u8 = 34;
const EXPERIMENT_1: u8 = 254;
const EXPERIMENT_2: u8 = 255;
/** Experiment identifier of TCP Fast Open (RFC 7413, section 2). */
const EXID_FAST_OPEN: u16 = 0xf989;

/** What the options of one segment are. A place is an option's kind octet, 0 where there is none. */
@unmanaged
export class TcpOptions {
  /** The kinds in their order, packed, see `pack`; NO_KINDS when there are no options. */
  kinds: u64;
  /** The Maximum Segment Size option, of any length (RFC 9293, section 3.7.1). */
  mss: usize;
  /** The Window Scale option, 3 octets (RFC 7323, section 2.2). */
  windowScale: usize;
  /** The SACK-Permitted option, 2 octets (RFC 2018, section 2). */
  sackPermitted: usize;
  /** The Timestamps option, 10 octets (RFC 7323, section 3.2). */
  timestamps: usize;
  /** TCP Fast Open as kind 34, or else as an experiment (RFC 7413, section 4.1.1). */
  fastOpen: usize;
  /** Whether the capture has all of them: where it does not, one that was not found may be there. */
  whole: bool;
}

/** The options of the segment at hand, after `readOptions`. */
export const options = changetype<TcpOptions>(memory.data(offsetof<TcpOptions>(), 8));

/**
 * Reads the options of a checked segment. The first of a kind counts that has the length it must
 * have and lies wholly in the header and in what was captured.
 */
export function readOptions(packet: Packet): void {
  memory.fill(changetype<usize>(options), 0, offsetof<TcpOptions>());
  const header = packet.transport + headerLength(packet.transport);
  const end = min(header, packet.end);
  const from = packet.transport + HEADER;
  options.whole = walkOptions(from, end, header);
  let shift: u64 = 0;
  for (let i: usize = 0; i < walked; i++) {
    const kind = kindAt(i);
    shift = pack(kind, shift);
    if (kind > NOP) note(from + offsetAt(i), kind, sizeAt(i));
  }
  if (options.kinds == 0) options.kinds = NO_KINDS;
}

function note(at: usize, kind: u8, size: usize): void {
  if (kind == MAXIMUM_SEGMENT_SIZE) {
    if (options.mss == 0) options.mss = at;
  } else if (kind == WINDOW_SCALE) {
    if (options.windowScale == 0 && size == 3) options.windowScale = at;
  } else if (kind == SACK_PERMITTED) {
    if (options.sackPermitted == 0 && size == 2) options.sackPermitted = at;
  } else if (kind == TIMESTAMPS) {
    if (options.timestamps == 0 && size == 10) options.timestamps = at;
  } else if (kind == FAST_OPEN) {
    const found = options.fastOpen;
    if (found == 0 || load<u8>(found) != FAST_OPEN) options.fastOpen = at;
  } else if (kind == EXPERIMENT_1 || kind == EXPERIMENT_2) {
    if (options.fastOpen == 0 && size >= 4 && u16be(at + 2) == EXID_FAST_OPEN) {
      options.fastOpen = at;
    }
  }
}

/** Kinds and length of the only options of most segments: two of no-operation, and timestamps. */
const USUAL: u32 = 0x0a08_0101;

/** The Timestamps option of any checked segment, 0 without. It need not be read whole. */
export function timestampsOf(packet: Packet): usize {
  const length = headerLength(packet.transport);
  if (length == HEADER) return 0;
  const from = packet.transport + HEADER;
  if (length == HEADER + 12 && from + 12 <= packet.end && load<u32>(from) == USUAL) return from + 2;
  const end = packet.transport + length;
  walkOptions(from, min(end, packet.end), end);
  for (let i: usize = 0; i < walked; i++) {
    if (kindAt(i) == TIMESTAMPS && sizeAt(i) == 10) return from + offsetAt(i);
  }
  return 0;
}

/** Octets of the cookie in a Fast Open option: what follows its header. */
export function cookieLength(at: usize): u8 {
  return load<u8>(at + 1) - (load<u8>(at) == FAST_OPEN ? 2 : 4);
}

/** The cookie in a Fast Open option as 32 bits that tell cookies apart (FNV-1a), 0 without one. */
export function cookieHash(at: usize): u32 {
  const length = cookieLength(at);
  if (length == 0) return 0;
  const end = at + load<u8>(at + 1);
  let hash: u32 = 0x811c_9dc5;
  for (let octet = end - length; octet < end; octet++) {
    hash = (hash ^ load<u8>(octet)) * 0x0100_0193;
  }
  return hash;
}

// The kinds in 64 bits, four or twelve bits a kind from the lowest on: 1 to 14 for the kinds 0 to
// 13, or 15 and then the kind. What has no room is left out, from the first on that has none.

/** Packed kinds of a segment without options: 0 is free to say that they are not known. */
export const NO_KINDS: u64 = 15;

function pack(kind: u8, shift: u64): u64 {
  const small = kind < 14;
  const width: u64 = small ? 4 : 12;
  if (shift + width > 64) return 64;
  options.kinds |= (small ? u64(kind) + 1 : (u64(kind) << 4) | 15) << shift;
  return shift + width;
}

/** The first of packed kinds; `kinds` must not be 0, which is none. */
export function kindOf(kinds: u64): u8 {
  const code = u8(kinds & 15);
  return code < 15 ? code - 1 : u8(kinds >> 4);
}

/** Packed kinds without their first one. */
export function kindsBehind(kinds: u64): u64 {
  return kinds >> ((kinds & 15) < 15 ? 4 : 12);
}
