// Targets that have answered, until they are concluded, and then until no answer of theirs could count.
// Entries lie in the order in which they were made, in segments that are used again, so that those
// that are due, and those that can be forgotten, are always the oldest. An index finds them: linear
// hashing (Litwin, 1980), which grows by one chain with each entry. So an entry takes 60 octets and 4
// of the index.

import { hash } from "../../flow/hash.ts";
import { allocate } from "../../memory.ts";
import { life, patience } from "./expected.ts";
import { letGo } from "./shapes.ts";

/** The most arms that an entry has room for. */
export const MOST_ARMS: u32 = 5;
/** The longest delay that is kept, in milliseconds; it may have been longer. */
export const LONGEST_DELAY: u32 = (1 << 21) - 1;

/** A target. Numbers of entries are one more than their places, so that 0 is none. */
@unmanaged
class Entry {
  /** The row without zeros: address and port. */
  address0: u64;
  address1: u64;
  port: u16;
  /** A bit for each arm that a transport answered, and above them whether what came proves nothing. */
  answered: u8;
  /** A bit for each arm that an ICMP error answers, and above them what else there is to know. */
  errors: u8;
  since: u32;
  /** The next one of its chain in the index. */
  next: u32;
  /** The next one of those whose arms are all answered. */
  behind: u32;
}

const HEAD: usize = 32;
// Behind the head: for each arm a word, of which the low 18 bits are its shape, one says whether the
// delay is known, and 13 are of the delay; then its other 8 bits; then 4 bits for each round.
const SHAPE: u32 = (1 << 18) - 1;
const KNOWN: u32 = 1 << 18;
const DELAY: u32 = 19;
const HIGH: usize = HEAD + MOST_ARMS * 4;
const ROUNDS: usize = HIGH + MOST_ARMS;
const SIZE: usize = 60;

const ARMS: u8 = 0x1f;
/** Something came back that does not show which probe it is for: a silence says nothing. */
const UNPROVEN: u8 = 0x80;
/** An answer had no room: the target cannot be concluded. */
const SPOILED: u8 = 0x20;
const CONCLUDED: u8 = 0x40;
/** A probe was not sent: that its arm did not answer says nothing. */
const UNSENT: u8 = 0x80;

/** Hashes of rows without an entry from which something unproven came, by their low bits. */
const LATELY: u32 = 0xffff;
const unproven: usize = memory.data(262_144, 8);

const SEGMENT_BITS: u32 = 12;
const SEGMENT: u32 = 1 << SEGMENT_BITS;
const MOST_SEGMENTS: u32 = 4096;
/** Where segments are; which one was begun behind each; and those that are free. */
const segments: usize = memory.data(16_384, 8);
const successors: usize = memory.data(8192, 8);
const freed: usize = memory.data(8192, 8);
let segmentCount: u32 = 0;
let freeCount: u32 = 0;

/** Places where the next entry is made, where the next one may be due, and where the oldest is. */
let head: u32 = 0;
let dueAt: u32 = 0;
let tail: u32 = 0;
let mostEntries: u32 = 0;

const CHAINS_BITS: u32 = 14;
const CHAINS: u32 = 1 << CHAINS_BITS;
/** Where parts of the index are. */
const parts: usize = memory.data(4096, 8);
/** How many chains there are: 2^level and those that were split of them. */
let chains: u32 = 0;
let level: u32 = 0;

/** Whether an answer had no entry, and when the last one had none. */
let isCrowded: bool = false;
let crowdedAt: u32 = 0;

let readyFirst: u32 = 0;
let readyLast: u32 = 0;

/** Entries, and those that wait to be concluded. */
export let entries: u32 = 0;
export let waiting: u32 = 0;

/** Makes room for the first entries, of `most` at most; false when memory is used up. */
export function reserveTargets(most: u32): bool {
  mostEntries = min(most, MOST_SEGMENTS << SEGMENT_BITS);
  const part = allocate(usize(CHAINS) * 4);
  store<u32>(parts, u32(part));
  chains = 1;
  return part != 0 && begin();
}

/** Begins a segment behind the last one. */
function begin(): bool {
  const isFirst = segmentCount == 0;
  let segment = segmentCount;
  if (freeCount > 0) segment = load<u16>(freed + (usize(--freeCount) << 1));
  else {
    let at: usize = 0;
    if (segment < MOST_SEGMENTS) at = allocate(usize(SEGMENT) * SIZE);
    if (at == 0) return false;
    store<u32>(segments + (usize(segment) << 2), u32(at));
    segmentCount++;
  }
  if (!isFirst) {
    store<u16>(successors + (usize((head - 1) >> SEGMENT_BITS) << 1), u16(segment));
  }
  head = segment << SEGMENT_BITS;
  return true;
}

function entryAt(place: u32): Entry {
  const segment = load<u32>(segments + (usize(place >> SEGMENT_BITS) << 2));
  return changetype<Entry>(usize(segment) + usize(place & (SEGMENT - 1)) * SIZE);
}

function hashOf(row: usize): u32 {
  return hash(load<u64>(row), load<u64>(row, 8), u64(load<u16>(row, 16)), 0, 0);
}

function chainAt(index: u32): usize {
  return usize(load<u32>(parts + (usize(index >> CHAINS_BITS) << 2))) +
    (usize(index & (CHAINS - 1)) << 2);
}

/** Where the chain of a hash begins. */
function chainOf(h: u32): usize {
  const index = h & ((2 << level) - 1);
  return chainAt(index < chains ? index : h & ((1 << level) - 1));
}

/** The number of a row's entry; 0 for none. */
export function find(row: usize): u32 {
  const address0 = load<u64>(row);
  const address1 = load<u64>(row, 8);
  const port = load<u16>(row, 16);
  let number = load<u32>(chainOf(hashOf(row)));
  while (number != 0) {
    const entry = entryAt(number - 1);
    if (entry.address1 == address1 && entry.address0 == address0 && entry.port == port) break;
    number = entry.next;
  }
  return number;
}

/** Makes an entry for a row that has none; its number, 0 when there is no room. */
export function enter(row: usize, now: u32): u32 {
  if (entries >= mostEntries) return 0;
  const place = head;
  const entry = entryAt(place);
  memory.fill(changetype<usize>(entry), 0, SIZE);
  entry.address0 = load<u64>(row);
  entry.address1 = load<u64>(row, 8);
  entry.port = load<u16>(row, 16);
  entry.since = now;
  const h = hashOf(row);
  if (load<u32>(unproven + (usize(h & LATELY) << 2)) == h) entry.answered = UNPROVEN;
  // The segment behind is there before anything comes to its end
  head++;
  if ((head & (SEGMENT - 1)) == 0 && !begin()) {
    head = place;
    return 0;
  }
  entries++;
  waiting++;
  const chain = chainOf(h);
  entry.next = load<u32>(chain);
  store<u32>(chain, place + 1);
  if (entries > chains) split();
  return place + 1;
}

/**
 * An answer had no room for an entry. Targets whose entries are made after that by another arm's answer
 * may have answered before: they cannot be concluded.
 */
export function noteCrowded(now: u32): void {
  isCrowded = true;
  crowdedAt = now;
}

/** Whether an answer of a target whose entry is made now may have had no room. */
export function wasCrowded(now: u32): bool {
  isCrowded = isCrowded && i32(now - crowdedAt) < patience;
  return isCrowded;
}

/** Splits the next chain. Without memory they become longer. */
function split(): void {
  const whole: u32 = 1 << level;
  const part = parts + (usize(chains >> CHAINS_BITS) << 2);
  if (load<u32>(part) == 0) {
    const at = allocate(usize(CHAINS) * 4);
    if (at == 0) return;
    store<u32>(part, u32(at));
  }
  let from = chainAt(chains - whole);
  let to = chainAt(chains);
  let number = load<u32>(from);
  while (number != 0) {
    const entry = entryAt(number - 1);
    const next = changetype<usize>(entry) + offsetof<Entry>("next");
    // What lies at an entry's begin are its address and port, as in a row
    if (hashOf(changetype<usize>(entry)) & whole) {
      store<u32>(to, number);
      to = next;
    } else {
      store<u32>(from, number);
      from = next;
    }
    number = entry.next;
  }
  store<u32>(from, 0);
  store<u32>(to, 0);
  chains++;
  if (chains == whole << 1) level++;
}

/** The place behind one. */
function behind(place: u32): u32 {
  const next = place + 1;
  return (next & (SEGMENT - 1)) != 0
    ? next
    : u32(load<u16>(successors + (usize(place >> SEGMENT_BITS) << 1))) << SEGMENT_BITS;
}

/** Forgets targets that no answer could count for any longer. */
export function forget(now: u32): void {
  while (tail != dueAt) {
    const entry = entryAt(tail);
    if (i32(now - entry.since) < life || (entry.errors & CONCLUDED) == 0) return;
    let link = chainOf(hashOf(changetype<usize>(entry)));
    while (load<u32>(link) != tail + 1) {
      link = changetype<usize>(entryAt(load<u32>(link) - 1)) + offsetof<Entry>("next");
    }
    store<u32>(link, entry.next);
    entries--;
    const segment = tail >> SEGMENT_BITS;
    tail = behind(tail);
    if (tail >> SEGMENT_BITS != segment) {
      store<u16>(freed + (usize(freeCount++) << 1), u16(segment));
    }
  }
}

/** The next target that is concluded, which is no longer waited for; 0 when there is none. */
export function nextDue(now: u32): u32 {
  let number = readyFirst;
  if (number != 0) {
    const entry = entryAt(number - 1);
    readyFirst = entry.behind;
    if (readyFirst == 0) readyLast = 0;
    return conclude(entry, number);
  }
  while (dueAt != head) {
    const entry = entryAt(dueAt);
    if (i32(now - entry.since) < patience) return 0;
    number = dueAt + 1;
    dueAt = behind(dueAt);
    if ((entry.errors & CONCLUDED) == 0) return conclude(entry, number);
  }
  return 0;
}

function conclude(entry: Entry, number: u32): u32 {
  entry.errors |= CONCLUDED;
  waiting--;
  return number;
}

/** All arms of a target are answered: it is due. */
export function complete(number: u32): void {
  if (readyLast == 0) readyFirst = number;
  else entryAt(readyLast - 1).behind = number;
  readyLast = number;
}

export function isConcluded(number: u32): bool {
  return (entryAt(number - 1).errors & CONCLUDED) != 0;
}

/** The target cannot be concluded: an answer of it had no room. */
export function spoil(number: u32): void {
  entryAt(number - 1).errors |= SPOILED;
}

export function isSpoiled(number: u32): bool {
  return (entryAt(number - 1).errors & SPOILED) != 0;
}

/** A probe to a target was not sent. */
export function noteUnsent(number: u32): void {
  entryAt(number - 1).errors |= UNSENT;
}

export function isUnsent(number: u32): bool {
  return (entryAt(number - 1).errors & UNSENT) != 0;
}

/**
 * Something came from a target that does not show which probe it is for. Of one that has no entry it is
 * remembered for a while, in case that it gets one: where others have the same place, it is forgotten.
 */
export function noteUnproven(row: usize): void {
  const number = find(row);
  if (number != 0) entryAt(number - 1).answered |= UNPROVEN;
  else {
    const h = hashOf(row);
    store<u32>(unproven + (usize(h & LATELY) << 2), h);
  }
}

export function isUnproven(number: u32): bool {
  return (entryAt(number - 1).answered & UNPROVEN) != 0;
}

/** The arms that a transport answered, a bit each. */
export function answeredOf(number: u32): u32 {
  return entryAt(number - 1).answered & ARMS;
}

/** The arms that ICMP errors answer alone. */
export function errorsOf(number: u32): u32 {
  return entryAt(number - 1).errors & ARMS;
}

/** Where a target's address and port are, as in a row. */
export function rowOf(number: u32): usize {
  return changetype<usize>(entryAt(number - 1));
}

/** Sets what answered an arm. What a transport answers stands in place of an error. */
export function setAnswer(
  number: u32,
  arm: u32,
  isError: bool,
  shape: u32,
  round: u32,
  delay: u32,
  isKnown: bool,
): void {
  const entry = entryAt(number - 1);
  const bit = u8(1) << u8(arm);
  if (isError) entry.errors |= bit;
  else {
    if (entry.errors & bit) letGo(shapeOf(number, arm));
    entry.errors &= ~bit;
    entry.answered |= bit;
  }
  const at = changetype<usize>(entry);
  const kept = min(delay, LONGEST_DELAY);
  const known = isKnown && delay < LONGEST_DELAY ? KNOWN : 0;
  store<u32>(at + HEAD + (usize(arm) << 2), shape | known | kept << DELAY);
  store<u8>(at + HIGH + arm, u8(kept >> (32 - DELAY)));
  const half = at + ROUNDS + (arm >> 1);
  const shift = u8(arm & 1) << 2;
  store<u8>(half, load<u8>(half) & ~(u8(15) << shift) | u8(round) << shift);
}

/** The shape of what answered an arm. */
export function shapeOf(number: u32, arm: u32): u32 {
  return load<u32>(rowOf(number) + HEAD + (usize(arm) << 2)) & SHAPE;
}

/** Milliseconds to the answer of an arm: what it took, where that is known, or the most. */
export function delayOf(number: u32, arm: u32): u32 {
  const at = rowOf(number);
  return load<u32>(at + HEAD + (usize(arm) << 2)) >> DELAY |
    u32(load<u8>(at + HIGH + arm)) << (32 - DELAY);
}

/** Whether it is what the answer took. */
export function isDelayKnown(number: u32, arm: u32): bool {
  return (load<u32>(rowOf(number) + HEAD + (usize(arm) << 2)) & KNOWN) != 0;
}

/** Which of the probes to an arm was answered. */
export function roundOf(number: u32, arm: u32): u32 {
  return load<u8>(rowOf(number) + ROUNDS + (arm >> 1)) >> ((arm & 1) << 2) & 15;
}
