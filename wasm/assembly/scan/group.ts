// A walk through the numbers from 1 to p - 1, each once: x -> x * g mod p, where p is a prime and g a
// primitive root of it. No state but x is kept, however many there are (Durumeric, Wustrow and
// Halderman, "ZMap: Fast Internet-wide Scanning", 2013, section 3.1).

import { allocate } from "../memory.ts";

/** The most numbers that one call finds. */
const MOST: i32 = 1024;
/** The most steps that one call takes, so that it ends soon also where hardly any is wanted. */
const MOST_STEPS: i32 = 1 << 16;

// The walk's state, which the program sets: numbers below 2^53 as f64
const X: usize = 0;
const GENERATOR: usize = 8;
const PRIME: usize = 16;
const SIZE: usize = 24;
const TAKEN: usize = 32;
const LAST: usize = 40;
/** Where what was found begins: an index and the step that it was found at, each an f64. */
const FOUND: usize = 48;

/** A place for a walk's state and for what it finds, 0 when memory is used up. */
export function scanWalkAt(): usize {
  return allocate(FOUND + MOST * 16);
}

/**
 * Takes steps until `most` indices below the size are found, the steps are over, or there were many.
 * The index of x is x - 1. How many were found.
 */
export function scanWalk(at: usize, most: i32): i32 {
  const generator = load<f64>(at, GENERATOR);
  const prime = load<f64>(at, PRIME);
  const inverse = 1.0 / prime;
  const factor = u64(generator);
  const modulus = u64(prime);
  const size = u64(load<f64>(at, SIZE));
  const taken = u64(load<f64>(at, TAKEN));
  const steps = min(u64(MOST_STEPS), u64(load<f64>(at, LAST)) - taken);
  const wanted = min(most, MOST);
  let x = u64(load<f64>(at, X));
  let found = 0;
  let to = at + FOUND;
  let step: u64 = 0;
  while (step < steps && found < wanted) {
    if (x <= size) {
      store<f64>(to, f64(x - 1));
      store<f64>(to, f64(taken + step), 8);
      to += 16;
      found++;
    }
    step++;
    // The quotient is off by one at most, since it is below 2^49 and its three roundings are of 2^-53;
    // so the remainder fits, whatever was lost above 64 bits
    const quotient = u64(f64(x) * generator * inverse);
    let rest = i64(x * factor - quotient * modulus);
    if (rest < 0) rest += i64(modulus);
    else if (rest >= i64(modulus)) rest -= i64(modulus);
    x = u64(rest);
  }
  store<f64>(at, f64(x), X);
  store<f64>(at, f64(taken + step), TAKEN);
  return found;
}
