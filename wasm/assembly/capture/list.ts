/** A packet that was found in the input. Chosen, limited and kept by the program before it is read. */
@unmanaged
export class Listed {
  /** Capture time, nanoseconds since 1970. */
  time: u64;
  /** Where its frame begins. */
  start: usize;
  /** Octets of it that are there, and those that were on the wire. */
  captured: u32;
  wireLength: u32;
  /** Number of the interface that it was seen on. */
  source: u32;
}

/** The most packets that are listed at once: with their frames they stay in the processor's cache. */
export const MOST: i32 = 4096;

const SIZE: usize = offsetof<Listed>();
const places: usize = memory.data(98_304, 64);

/** How many packets are listed. */
export let listed: i32 = 0;

/** Where the list is. */
export function listAt(): usize {
  return places;
}

/** The packet at a place of the list. */
export function listedAt(i: i32): Listed {
  return changetype<Listed>(places + usize(i) * SIZE);
}

/** Sets how many packets are listed: fewer than were, when the program has left some out. */
export function setListed(count: i32): void {
  listed = min(count, MOST);
}

/** Lists a packet. Callers have checked that there is room. */
export function list(time: u64, start: usize, captured: u32, wireLength: u32, source: u32): void {
  const at = listedAt(listed++);
  at.time = time;
  at.start = start;
  at.captured = captured;
  at.wireLength = wireLength;
  at.source = source;
}
