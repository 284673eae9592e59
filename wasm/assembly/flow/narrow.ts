// Numbers of any width up to eight octets. One is read as the upper part of the eight octets that end
// with it: what lies before it is the flow's own, and what lies behind may be beyond all memory.

/** The number of `octets` octets at a place. */
export function narrow(at: usize, octets: usize): u64 {
  return load<u64>(at + octets - 8) >> ((8 - octets) << 3);
}

/** Adds to the number of `octets` octets at a place. */
export function addToNarrow(at: usize, octets: usize, value: u64): void {
  const eight = at + octets - 8;
  store<u64>(eight, load<u64>(eight) + (value << ((8 - octets) << 3)));
}
