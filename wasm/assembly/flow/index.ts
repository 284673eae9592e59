import { allocate } from "../memory.ts";
import { DONE, Flow, FREE } from "./flow.ts";
import { hashIn, hasKey, key } from "./key.ts";

// Open addressing with linear probing. An entry is the hash above the flow's address, so that
// probing and growing touch no flow but the one that is meant.

let entries: usize = 0;
/** How many entries there are, free ones included. */
let size: usize = 0;
let used: usize = 0;

/** The table that this one has grown out of, and its octets: free for anyone, once. */
let outgrown: usize = 0;
export let outgrownOctets: usize = 0;

/** The first size; each has twice as many. Three times a power of two holds one of flows, two thirds full. */
const LEAST: usize = 6144;
/** More flows than that do not fit into linear memory. */
const MOST: usize = 1 << 25;

/** Makes room for `count` flows in all, at most two thirds full. False when memory is used up. */
export function reserveIndex(count: usize): bool {
  if (count > MOST) return false;
  if (size != 0 && count <= indexable()) return true;
  let wanted: usize = LEAST;
  while (count > room(wanted)) wanted <<= 1;
  const fresh = allocate(wanted << 3);
  if (fresh == 0) return false;
  const old = entries;
  const oldSize = size;
  entries = fresh;
  size = wanted;
  for (let i: usize = 0; i < oldSize; i++) {
    const entry = load<u64>(old + (i << 3));
    if (entry != 0) place(entry);
  }
  outgrown = old;
  outgrownOctets = oldSize << 3;
  return true;
}

/** The most flows that a table of `entries` entries is for. */
function room(entries: usize): usize {
  return entries / 3 << 1;
}

/** Takes the memory of the outgrown table, if there is any. */
export function takeOutgrown(): usize {
  const at = outgrown;
  outgrown = 0;
  return at;
}

/** How many flows the table holds. */
export function indexed(): usize {
  return used;
}

/** Shows every flow in the table. */
export function eachIndexed(see: (flow: usize) => void): void {
  for (let i: usize = 0; i < size; i++) {
    const flow: usize = u32(load<u64>(entries + (i << 3)));
    if (flow != 0) see(flow);
  }
}

/** Whether another flow may be inserted. A probe ends at a free place only, so there must be some. */
export function hasRoom(): bool {
  return used < indexable();
}

/** How many flows there may be until the index has to grow. */
export function indexable(): usize {
  return room(size);
}

let guessed: usize = 0;

/** Says which flow the key at hand most likely has, as `guess` did; it may have left the table since. */
export function expectFound(flow: usize): void {
  guessed = flow;
}

/** The flow with the key at hand, or 0. */
export function find(): usize {
  // What was guessed right needs no second walk, whose end the processor could not foresee
  if (guessed != 0 && isInTable(changetype<Flow>(guessed)) && hasKey(guessed)) return guessed;
  const hash = key.hash;
  let i = home(hash);
  while (true) {
    const entry = load<u64>(entries + (i << 3));
    if (entry == 0) return 0;
    if (u32(entry >> 32) == hash && hasKey(<usize> u32(entry))) return <usize> u32(entry);
    i = after(i);
  }
}

/** Whatever stands at the first place of a hash: reading it brings that part of the index near. */
export function peek(hash: u32): u64 {
  return load<u64>(entries + (home(hash) << 3));
}

/** The flow that a key with this hash most likely has, or 0. Reads the index alone, no flow. */
export function guess(hash: u32): usize {
  let i = home(hash);
  while (true) {
    const entry = load<u64>(entries + (i << 3));
    if (entry == 0 || u32(entry >> 32) == hash) return <usize> u32(entry);
    i = after(i);
  }
}

/** Adds a flow that is not in the table and for which there is room. */
export function insert(flow: usize, hash: u32): void {
  place((u64(hash) << 32) | u64(flow));
  used++;
}

/** Puts a flow with the same key in the place of one in the table. */
export function replace(old: usize, flow: usize): void {
  const hash = hashIn(old);
  store<u64>(entries + (placeOf(old, hash) << 3), (u64(hash) << 32) | u64(flow));
}

/** Where a flow that is in the table stands. */
function placeOf(flow: usize, hash: u32): usize {
  let i = home(hash);
  while (<usize> u32(load<u64>(entries + (i << 3))) != flow) i = after(i);
  return i;
}

/** Takes a flow out of the table, closing the gap so that no probe ends early. */
export function remove(flow: usize): void {
  let gap = placeOf(flow, hashIn(flow));
  let i = gap;
  while (true) {
    i = after(i);
    const entry = load<u64>(entries + (i << 3));
    if (entry == 0) break;
    // Move it only when its home does not lie behind the gap on the way to it
    if (way(home(u32(entry >> 32)), i) >= way(gap, i)) {
      store<u64>(entries + (gap << 3), entry);
      gap = i;
    }
  }
  store<u64>(entries + (gap << 3), 0);
  used--;
}

function place(entry: u64): void {
  let i = home(u32(entry >> 32));
  while (load<u64>(entries + (i << 3)) != 0) i = after(i);
  store<u64>(entries + (i << 3), entry);
}

function isInTable(flow: Flow): bool {
  return flow.state != FREE && flow.state != DONE;
}

/** The place that a hash should have. */
function home(hash: u32): usize {
  return usize((u64(hash) * u64(size)) >> 32);
}

function after(i: usize): usize {
  return i + 1 == size ? 0 : i + 1;
}

/** Places on the way from one to another, around the end. */
function way(from: usize, to: usize): usize {
  return to >= from ? to - from : to + size - from;
}
