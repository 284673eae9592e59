// Canonical answers, each kept once however many targets have sent it. One that no target refers to is
// kept until its place is needed, since the next target may send it again.

import { allocate } from "../../memory.ts";

/** The most octets that are kept of an answer. */
export const KEPT: usize = 128;
/** From so many on, places of those that nobody refers to are used before there are more. */
const ENOUGH: u32 = 1 << 16;
/** The most there can be: numbers have 18 bits, and 0 is none. */
const MOST: u32 = (1 << 18) - 1;

@unmanaged
class Shape {
  references: u32;
  /** The next one of its chain in the index; 0 for none. */
  next: u32;
  /** Its neighbours among those that nobody refers to. */
  before: u32;
  behind: u32;
  hash: u32;
  /** Octets of the whole packet on the wire. */
  wire: u32;
  /** Which it is of all there ever were, from 1 on. */
  serial: u32;
  /** Octets that are kept. */
  kept: u32;
}

const HEAD: usize = 32;
const SIZE: usize = HEAD + KEPT;
const CHUNK_BITS: u32 = 10;
const CHUNK: u32 = 1 << CHUNK_BITS;
/** Where chunks of shapes are. */
const chunks: usize = memory.data(1024, 8);
const BUCKETS: u32 = 1 << 16;
let buckets: usize = 0;

/** Multilinear hashing as in flow/hash.ts: a number for each word, and for length and octets. */
const WORDS: usize = KEPT / 8;
const SEED: i32 = 8 + (i32(WORDS) + 1) * 16;
const seed: usize = memory.data(SEED, 8);

/** The canonical answer at hand: `KEPT` octets, zeros behind those that count. */
export const canonical: usize = memory.data(128, 16);

let count: u32 = 0;
let serials: u32 = 0;
/** Those that nobody refers to, from the one that has been so for longest. */
let oldest: u32 = 0;
let newest: u32 = 0;
let mostShapes: u32 = MOST;

/** Where random octets go, `scanShapeSeedSize` of them, before the first answer. */
export function scanShapeSeedAt(): usize {
  return seed;
}

export function scanShapeSeedSize(): usize {
  return SEED;
}

/** Makes room for the index; false when memory is used up. */
export function reserveShapes(most: u32): bool {
  mostShapes = min(most, MOST);
  buckets = allocate(usize(BUCKETS) * 4);
  return buckets != 0;
}

function shapeOf(number: u32): Shape {
  const chunk = load<u32>(chunks + (usize(number >> CHUNK_BITS) << 2));
  return changetype<Shape>(usize(chunk) + usize(number & (CHUNK - 1)) * SIZE);
}

export function serialOf(number: u32): u32 {
  return shapeOf(number).serial;
}

export function keptOf(number: u32): u32 {
  return shapeOf(number).kept;
}

export function wireOf(number: u32): u32 {
  return shapeOf(number).wire;
}

/** Where the octets of a shape are. */
export function octetsOf(number: u32): usize {
  return changetype<usize>(shapeOf(number)) + HEAD;
}

/** The number of the canonical answer at hand, which has one more reference then; 0 when there is no room. */
export function refer(kept: u32, wire: u32): u32 {
  const hash = hashOf(kept, wire);
  const bucket = buckets + (usize(hash & (BUCKETS - 1)) << 2);
  for (let number = load<u32>(bucket); number != 0;) {
    const shape = shapeOf(number);
    if (
      shape.hash == hash && shape.kept == kept && shape.wire == wire &&
      isCanonical(changetype<usize>(shape) + HEAD)
    ) {
      if (shape.references++ == 0) unlist(shape, number);
      return number;
    }
    number = shape.next;
  }
  const number = place();
  if (number == 0) return 0;
  const shape = shapeOf(number);
  shape.references = 1;
  // The place may have been the first one of this chain
  shape.next = load<u32>(bucket);
  shape.hash = hash;
  shape.wire = wire;
  shape.kept = kept;
  shape.serial = ++serials;
  memory.copy(changetype<usize>(shape) + HEAD, canonical, KEPT);
  store<u32>(bucket, number);
  return number;
}

/** Whether octets are those of the canonical answer at hand. */
function isCanonical(octets: usize): bool {
  let differ: u64 = 0;
  for (let at: usize = 0; at < KEPT; at += 8) {
    differ |= load<u64>(octets + at) ^ load<u64>(canonical + at);
  }
  return differ == 0;
}

/** Takes back a reference. */
export function letGo(number: u32): void {
  const shape = shapeOf(number);
  if (--shape.references > 0) return;
  shape.before = newest;
  shape.behind = 0;
  if (newest == 0) oldest = number;
  else shapeOf(newest).behind = number;
  newest = number;
}

function unlist(shape: Shape, number: u32): void {
  if (oldest == number) oldest = shape.behind;
  else shapeOf(shape.before).behind = shape.behind;
  if (newest == number) newest = shape.before;
  else shapeOf(shape.behind).before = shape.before;
}

/** A place for one more; 0 when there is none. */
function place(): u32 {
  if (oldest != 0 && count >= min(ENOUGH, mostShapes)) return evict();
  if (count < mostShapes && reserveNext()) return ++count;
  return oldest == 0 ? 0 : evict();
}

/** Whether the next number has a place. */
function reserveNext(): bool {
  const next = count + 1;
  const chunk = chunks + (usize(next >> CHUNK_BITS) << 2);
  if (load<u32>(chunk) == 0) store<u32>(chunk, u32(allocate(usize(CHUNK) * SIZE)));
  return load<u32>(chunk) != 0;
}

function evict(): u32 {
  const number = oldest;
  const shape = shapeOf(number);
  unlist(shape, number);
  let link = buckets + (usize(shape.hash & (BUCKETS - 1)) << 2);
  while (load<u32>(link) != number) {
    link = changetype<usize>(shapeOf(load<u32>(link))) + offsetof<Shape>("next");
  }
  store<u32>(link, shape.next);
  return number;
}

function hashOf(kept: u32, wire: u32): u32 {
  let total = load<u64>(seed) +
    (u64(kept) + load<u64>(seed, 8)) * (u64(wire) + load<u64>(seed, 16));
  let secret = seed + 24;
  for (let at = canonical; at < canonical + kept; at += 8, secret += 16) {
    const word = load<u64>(at);
    total += ((word & 0xffff_ffff) + load<u64>(secret)) * ((word >> 32) + load<u64>(secret, 8));
  }
  return u32(total >> 32);
}
