// Targets that are handed to the program: those to be concluded, and those that it enters itself.

import { allocate } from "../../memory.ts";
import { ROW } from "../messages.ts";
import { keptOf, letGo, octetsOf, serialOf, wireOf } from "./shapes.ts";
import {
  answeredOf,
  delayOf,
  enter,
  entries,
  errorsOf,
  find,
  forget,
  isDelayKnown,
  isSpoiled,
  isUnproven,
  isUnsent,
  MOST_ARMS,
  nextDue,
  noteCrowded,
  noteUnsent,
  roundOf,
  rowOf,
  shapeOf,
  waiting,
} from "./targets.ts";

/** Targets that are handed over at once at most. */
const DUE: i32 = 2048;

// What is told of a target: its row, and for each arm where its answer is (0 for none), its number, the
// octets that are kept, those on the wire, and the delay, whose highest bit says that it is known,
// with the round in the four bits below that. Behind the port it says why a silence says nothing: a probe
// was not sent, or what came proves nothing
const WHY: usize = 18;
const UNSENT: u8 = 1;
const UNPROVEN: u8 = 2;
const ARM: usize = 20;
const TOLD: usize = ROW + usize(MOST_ARMS) * ARM;
const KNOWN: u32 = 1 << 31;
const ROUND: u32 = 27;

let told: usize = 0;
/** Targets that were not told, since an answer of theirs had no room. */
let spoiled: f64 = 0;
let rows: usize = 0;

/** Where what is told goes, and rows that are entered; false when memory is used up. */
export function scanReserveDue(): bool {
  told = allocate(usize(DUE) * TOLD);
  rows = allocate(usize(DUE) * ROW);
  return told != 0 && rows != 0;
}

export function scanDueAt(): usize {
  return told;
}

/** Octets of one target in what is told. */
export function scanDueSize(): usize {
  return TOLD;
}

/** Where rows go that are entered, `scanDueMost` at once. */
export function scanEnterAt(): usize {
  return rows;
}

export function scanDueMost(): i32 {
  return DUE;
}

/** How many targets could not be concluded, since there was no room for what they answered. */
export function scanSpoiled(): f64 {
  return spoiled;
}

/** Targets that wait to be concluded. */
export function scanWaiting(): u32 {
  return waiting;
}

/** All entries. */
export function scanEntries(): u32 {
  return entries;
}

/** Tells targets that are due, `most` at most; how many. What is told of answers holds until more are taken. */
export function scanDue(ms: f64, most: i32): i32 {
  const now = u32(u64(ms));
  let count: i32 = 0;
  while (count < min(most, DUE)) {
    const number = nextDue(now);
    if (number == 0) break;
    const to = told + usize(count) * TOLD;
    tell(number, to);
    if (isSpoiled(number)) spoiled += 1;
    else count++;
  }
  return count;
}

function tell(number: u32, to: usize): void {
  memory.copy(to, rowOf(number), ROW);
  const unsent = isUnsent(number) ? UNSENT : 0;
  store<u8>(to, isUnproven(number) ? unsent | UNPROVEN : unsent, WHY);
  const there = answeredOf(number) | errorsOf(number);
  for (let arm: u32 = 0; arm < MOST_ARMS; arm++) {
    const at = to + ROW + usize(arm) * ARM;
    store<u32>(at, 0);
    if ((there >> arm & 1) == 0) continue;
    const shape = shapeOf(number, arm);
    store<u32>(at, u32(octetsOf(shape)));
    store<u32>(at, serialOf(shape), 4);
    store<u32>(at, keptOf(shape), 8);
    store<u32>(at, wireOf(shape), 12);
    const known = isDelayKnown(number, arm) ? KNOWN : 0;
    store<u32>(at, known | roundOf(number, arm) << ROUND | delayOf(number, arm), 16);
    letGo(shape);
  }
}

/**
 * Enters targets that are about to be probed, or to which a probe was not sent; how many of them had no
 * room.
 */
export function scanEnter(count: i32, ms: f64, areUnsent: bool): i32 {
  const now = u32(u64(ms));
  forget(now);
  let refused: i32 = 0;
  for (let i = 0; i < count; i++) {
    const row = rows + usize(i) * ROW;
    const known = find(row);
    const number = known != 0 ? known : enter(row, now);
    if (number == 0) {
      refused++;
      noteCrowded(now);
    } else if (areUnsent) noteUnsent(number);
  }
  return refused;
}
