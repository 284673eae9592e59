import { allocate } from "../memory.ts";
import { knowsLink } from "../wire/link/links.ts";

/** Where packets were seen, as far as reading them needs to know it. */
@unmanaged
export class Interface {
  /** What a unit of its times is worth, if that is no power of two: `factor` nanoseconds, or one nanosecond is `divisor` units. */
  factor: u64;
  divisor: u64;
  /** The greatest count of units whose nanoseconds `LATEST` can hold. */
  most: u64;
  /** Nanoseconds that are added to each time. */
  offset: i64;
  /** Packets that were dissected. */
  packets: u64;
  /** How far a count of units is shifted to the right for seconds; negative where a unit is no such part of one. */
  shift: i32;
  /** LINKTYPE or DLT value. */
  linkType: i32;
  /** Octets kept of each packet at most. */
  snaplen: u32;
  isRead: bool;
}

/** The latest time that a packet may have: in 2262. Deadlines, which are later, do not overflow then. */
export const LATEST: u64 = i64.MAX_VALUE;
/** In place of a time that is not between 1970 and 2262. */
export const NO_TIME: u64 = u64.MAX_VALUE;

const BILLION: u64 = 1_000_000_000;
const SIZE: usize = 64;
/** For the interface of a live capture, a pcap file and most others no memory has to grow. */
const FIRST: i32 = 16;

let table: usize = memory.data(1024, 64);
let room: i32 = FIRST;
/** How many interfaces there are. */
export let interfaces: i32 = 0;

/** The interface of a number, which is less than `interfaces`. */
export function interfaceAt(i: i32): Interface {
  return changetype<Interface>(table + usize(i) * SIZE);
}

/** Forgets all interfaces. */
export function clearInterfaces(): void {
  interfaces = 0;
}

/**
 * Adds an interface; false when memory is used up.
 *
 * @param resolution as the option if_tsresol has it: a negative power of ten, or of two when its
 *   upper bit is set
 * @param offset seconds that are added to each time, in the range of `LATEST`
 */
export function addInterface(
  linkType: i32,
  snaplen: u32,
  resolution: u8,
  offset: f64,
): bool {
  if (interfaces == room) {
    const larger = allocate(usize(room) * 2 * SIZE);
    if (larger == 0) return false;
    memory.copy(larger, table, usize(room) * SIZE);
    table = larger;
    room *= 2;
  }
  const added = interfaceAt(interfaces++);
  added.linkType = linkType;
  added.snaplen = snaplen;
  added.isRead = knowsLink(linkType);
  added.offset = i64(offset) * i64(BILLION);
  added.packets = 0;
  const power: i32 = resolution & 0x7f;
  added.shift = resolution & 0x80 ? power : -1;
  // All units that 64 bits can count are less than a nanosecond where it has more than 20 digits of them
  added.factor = power < 9 ? powerOfTen(9 - power) : power > 28 ? 0 : 1;
  added.divisor = power > 9 && power <= 28 ? powerOfTen(power - 9) : 1;
  added.most = power < 9 ? LATEST / added.factor : u64.MAX_VALUE;
  return true;
}

function powerOfTen(power: i32): u64 {
  let value: u64 = 1;
  for (; power > 0; power--) value *= 10;
  return value;
}

/** The time of a count of units on an interface, nanoseconds since 1970, cut off below; `NO_TIME` when it cannot be held. */
export function timeOn(at: Interface, units: u64): u64 {
  let time: u64;
  if (at.shift >= 0) {
    time = binary(units, at.shift);
  } else {
    if (units > at.most) return NO_TIME;
    time = units * at.factor;
    if (at.divisor != 1) time /= at.divisor; // seldom, and a division of 64 bits is slow
  }
  if (time > LATEST) return NO_TIME;
  const offset = at.offset;
  if (offset > 0 && time > LATEST - u64(offset)) return NO_TIME;
  const sum = i64(time) + offset;
  return sum < 0 ? NO_TIME : u64(sum);
}

/** Nanoseconds of a count of units, two to the power of `shift` of which are a second. */
function binary(units: u64, shift: i32): u64 {
  const seconds = shift < 64 ? units >> shift : 0;
  if (seconds > LATEST / BILLION) return NO_TIME;
  const rest = shift < 64 ? units - (seconds << shift) : units;
  // The product has up to 94 bits
  const upper = (rest >> 32) * BILLION;
  const lower = (rest & 0xffff_ffff) * BILLION;
  const part = shift < 32
    ? lower >> shift
    : shift < 96
    ? (upper + (lower >> 32)) >> (shift - 32)
    : 0;
  return seconds * BILLION + part;
}
