import { allocate } from "../memory.ts";
import { hashIn, hasKey, key } from "./key.ts";

// Open addressing with linear probing. An entry is the hash above the flow's address, so that
// probing and growing touch no flow but the one that is meant.

let entries: usize = 0;
let mask: usize = 0;
let shift: u32 = 0;
let used: usize = 0;

/** The table that this one has grown out of, and its octets: free for anyone, once. */
let outgrown: usize = 0;
export let outgrownOctets: usize = 0;

/** More flows than that do not fit into linear memory. */
const MOST: usize = 1 << 25;

/** Makes room for `count` flows in all, at most half full. False when memory is used up. */
export function reserveIndex(count: usize): bool {
  if (count > MOST) return false;
  if (entries != 0 && count * 2 <= mask + 1) return true;
  let bits: u32 = 12;
  while ((<usize> 1 << bits) < count * 2) bits++;
  const fresh = allocate(<usize> 8 << bits);
  if (fresh == 0) return false;
  const old = entries;
  const oldCount: usize = entries == 0 ? 0 : mask + 1;
  entries = fresh;
  mask = (<usize> 1 << bits) - 1;
  shift = 32 - bits;
  for (let i: usize = 0; i < oldCount; i++) {
    const entry = load<u64>(old + (i << 3));
    if (entry != 0) place(entry);
  }
  outgrown = old;
  outgrownOctets = oldCount << 3;
  return true;
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

/** Whether another flow may be inserted. A probe ends at a free place only, so there must be some. */
export function hasRoom(): bool {
  return used * 2 <= mask;
}

/** How many flows there may be until the index has to grow. */
export function indexable(): usize {
  return (mask + 1) >> 1;
}

/** The flow with the key at hand, or 0. */
export function find(): usize {
  const hash = key.hash;
  let i = <usize> (hash >> shift);
  while (true) {
    const entry = load<u64>(entries + (i << 3));
    if (entry == 0) return 0;
    if (u32(entry >> 32) == hash && hasKey(<usize> u32(entry))) return <usize> u32(entry);
    i = (i + 1) & mask;
  }
}

/** Whatever stands at the first place of a hash: reading it brings that part of the index near. */
export function peek(hash: u32): u64 {
  return load<u64>(entries + (<usize> (hash >> shift) << 3));
}

/** The flow that a key with this hash most likely has, or 0. Reads the index alone, no flow. */
export function guess(hash: u32): usize {
  let i = <usize> (hash >> shift);
  while (true) {
    const entry = load<u64>(entries + (i << 3));
    if (entry == 0 || u32(entry >> 32) == hash) return <usize> u32(entry);
    i = (i + 1) & mask;
  }
}

/** Adds a flow that is not in the table and for which there is room. */
export function insert(flow: usize, hash: u32): void {
  place((u64(hash) << 32) | u64(flow));
  used++;
}

/** Takes a flow out of the table, closing the gap so that no probe ends early. */
export function remove(flow: usize): void {
  let gap = <usize> (hashIn(flow) >> shift);
  while (<usize> u32(load<u64>(entries + (gap << 3))) != flow) gap = (gap + 1) & mask;
  let i = gap;
  while (true) {
    i = (i + 1) & mask;
    const entry = load<u64>(entries + (i << 3));
    if (entry == 0) break;
    const home = <usize> (u32(entry >> 32) >> shift);
    // Move it only when its home does not lie behind the gap on the way to it
    if (((i - home) & mask) >= ((i - gap) & mask)) {
      store<u64>(entries + (gap << 3), entry);
      gap = i;
    }
  }
  store<u64>(entries + (gap << 3), 0);
  used--;
}

function place(entry: u64): void {
  let i = <usize> (u32(entry >> 32) >> shift);
  while (load<u64>(entries + (i << 3)) != 0) i = (i + 1) & mask;
  store<u64>(entries + (i << 3), entry);
}
