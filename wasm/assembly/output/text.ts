/** Where the next octet of text goes. What is behind it may be written over, see `SLACK`. */
export let cursor: usize = 0;

/** Text is copied in pieces of 16 octets: this many more may be read behind it, and written. */
export const SLACK: usize = 16;

export function moveTo(at: usize): void {
  cursor = at;
}

export function octet(value: u8): void {
  store<u8>(cursor++, value);
}

export function copy(from: usize, length: usize): void {
  const to = cursor;
  for (let i: usize = 0; i < length; i += 16) v128.store(to + i, v128.load(from + i));
  cursor = to + length;
}

export function boolean(value: bool): void {
  if (value) {
    store<u32>(cursor, 0x65757274); // true
    cursor += 4;
  } else {
    store<u32>(cursor, 0x736c6166); // fals
    store<u8>(cursor, 0x65, 4);
    cursor += 5;
  }
}

export function nothing(): void {
  store<u32>(cursor, 0x6c6c756e); // null
  cursor += 4;
}

/** Two digits a number below 100. */
const PAIRS: usize = memory.data(200);
/** For each octet four of its text in decimal with a dot behind, and in `LENGTHS` how many count. */
const OCTETS: usize = memory.data(1024);
const LENGTHS: usize = memory.data(256);

for (let i: usize = 0; i < 100; i++) store<u16>(PAIRS + (i << 1), pairOf(u32(i)));

for (let i: usize = 0; i < 256; i++) {
  cursor = OCTETS + (i << 2);
  const from = cursor;
  decimal(i);
  store<u8>(LENGTHS + i, u8(cursor - from));
  if (cursor < from + 4) octet(0x2e);
}

function pairOf(value: u32): u16 {
  return u16(0x3030 + value / 10 + ((value % 10) << 8));
}

/** A number in decimal. */
export function decimal(value: u64): void {
  if (value > 0xffff_ffff) {
    // The upper digits, then nine more
    const upper = value / 1_000_000_000;
    decimal(upper);
    digits(u32(value - upper * 1_000_000_000), 9);
    return;
  }
  const small = u32(value);
  digits(small, small < 10_000 ? lengthBelow10000(small) : lengthFrom10000(small));
}

function lengthBelow10000(value: u32): usize {
  return value < 100 ? (value < 10 ? 1 : 2) : (value < 1000 ? 3 : 4);
}

function lengthFrom10000(value: u32): usize {
  if (value < 1_000_000) return value < 100_000 ? 5 : 6;
  if (value < 100_000_000) return value < 10_000_000 ? 7 : 8;
  return value < 1_000_000_000 ? 9 : 10;
}

/** The lowest `length` digits of a number. */
function digits(value: u32, length: usize): void {
  const begin = cursor;
  let next = begin + length;
  cursor = next;
  let rest = value;
  for (; next >= begin + 2; next -= 2) {
    const upper = rest / 100;
    store<u16>(next - 2, load<u16>(PAIRS + ((rest - upper * 100) << 1)));
    rest = upper;
  }
  if (next > begin) store<u8>(begin, 0x30 + u8(rest));
}

/** The seconds that were written last, as text: most times share theirs with the one before. */
let lastSeconds: u64 = u64.MAX_VALUE;
const secondsText: usize = memory.data(32);
let secondsLength: usize = 0;

/** Nanoseconds as seconds with six decimals; what is below a microsecond is cut off. */
export function seconds(nanoseconds: u64): void {
  const whole = nanoseconds / 1_000_000_000;
  if (whole != lastSeconds) {
    const back = cursor;
    moveTo(secondsText);
    decimal(whole);
    octet(0x2e); // .
    secondsLength = cursor - secondsText;
    lastSeconds = whole;
    moveTo(back);
  }
  v128.store(cursor, v128.load(secondsText));
  cursor += secondsLength;
  const micro = u32(nanoseconds - whole * 1_000_000_000) / 1000;
  const upper = micro / 10_000;
  const lower = micro - upper * 10_000;
  store<u16>(cursor, load<u16>(PAIRS + (upper << 1)));
  store<u16>(cursor, load<u16>(PAIRS + ((lower / 100) << 1)), 2);
  store<u16>(cursor, load<u16>(PAIRS + ((lower % 100) << 1)), 4);
  cursor += 6;
}

/** An IPv4 address in dotted decimal. */
export function address4(at: usize): void {
  for (let i: usize = 0; i < 4; i++) {
    const value: usize = load<u8>(at + i);
    store<u32>(cursor, load<u32>(OCTETS + (value << 2)));
    cursor += usize(load<u8>(LENGTHS + value));
    if (i < 3) octet(0x2e);
  }
}

/** An IPv6 address as RFC 5952 writes it: the first longest run of zero groups becomes `::`. */
export function address6(at: usize): void {
  let best: usize = 8, bestLength: usize = 1;
  for (let i: usize = 0; i < 8; i++) {
    let length: usize = 0;
    while (i + length < 8 && load<u16>(at + ((i + length) << 1)) == 0) length++;
    if (length > bestLength) {
      best = i;
      bestLength = length;
    }
  }
  for (let i: usize = 0; i < 8; i++) {
    if (i == best) {
      octet(0x3a);
      octet(0x3a);
      i += bestLength - 1;
      continue;
    }
    if (i != 0 && i != best + bestLength) octet(0x3a);
    hexadecimal(bswap<u16>(load<u16>(at + (i << 1))));
  }
}

function hexadecimal(value: u16): void {
  for (let shift: i32 = 12; shift >= 0; shift -= 4) {
    if (shift != 0 && value >> u16(shift) == 0) continue;
    octet(hexadecimalDigit(u8((value >> u16(shift)) & 15)));
  }
}

/**
 * Octets as a string of JSON, in ASCII alone: any other octet, and what stands for something in JSON, is
 * the character of its number, escaped, since octets of a network need not be UTF-8.
 */
export function characters(from: usize, length: usize): void {
  octet(0x22);
  for (let at = from; at < from + length; at++) {
    const value = load<u8>(at);
    if (value >= 0x20 && value < 0x7f && value != 0x22 && value != 0x5c) {
      octet(value);
      continue;
    }
    store<u32>(cursor, 0x3030_755c); // the escape, up to two zeros
    cursor += 4;
    octet(hexadecimalDigit(value >> 4));
    octet(hexadecimalDigit(value & 15));
  }
  octet(0x22);
}

function hexadecimalDigit(value: u8): u8 {
  return value < 10 ? 0x30 + value : 0x57 + value;
}
