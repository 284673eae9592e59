// Random numbers that a target's row gives every time: interface ids, and places of a list's entries.

import { allocate } from "../memory.ts";
import { siphash } from "./siphash.ts";

/** A place for a row, 0 when memory is used up. */
export function scanRowAt(): usize {
  return allocate(24);
}

/**
 * Fills the last `bits` bits of the IPv6 address at a row, which are zero, with a keyed hash of those
 * before them: whoever does not know the key cannot have set up a host there.
 */
export function scanInterfaceId(at: usize, bits: u32): void {
  const subnet = load<u64>(at);
  const rest = load<u64>(at, 8);
  const low = siphash(subnet, rest, 0);
  const mask = bits >= 64 ? u64.MAX_VALUE : (u64(1) << bits) - 1;
  store<u64>(at, rest | bswap(low & mask), 8);
  if (bits <= 64) return;
  const highMask = bits >= 128 ? u64.MAX_VALUE : (u64(1) << (bits - 64)) - 1;
  store<u64>(at, subnet | bswap(siphash(subnet, rest, 1) & highMask));
}

/** The keyed hash of a row, its highest 53 bits. */
export function scanRowHash(at: usize): f64 {
  return f64(siphash(load<u64>(at), load<u64>(at, 8), load<u64>(at, 16)) >> 11);
}
