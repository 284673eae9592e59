import { createHash } from "node:crypto";
import { PRIMES } from "./primes.ts";

/** The most targets that have an order. */
export const MOST_TARGETS = 2 ** 48;

/** The integers modulo a prime under multiplication, and where a walk through them begins. */
export interface Group {
  readonly prime: number;
  /** A primitive root: its powers are all numbers from 1 to `prime` - 1. */
  readonly generator: number;
  readonly first: number;
}

/**
 * A group with at least `size` numbers, of which at least half are wanted unless they are few. What
 * is free in it is drawn from the seed: the same seed and size give the same walk.
 *
 * @param size at most {@linkcode MOST_TARGETS}
 */
export function groupFor(size: number, seed: string): Group {
  const [prime, factors] = leastAbove(size);
  const first = drawn(seed, "first", prime);
  for (let attempt = 0;; attempt++) {
    const generator = drawn(seed, `generator ${attempt}`, prime);
    if (isPrimitiveRoot(generator, prime, factors)) return { prime, generator, first };
  }
}

/** The prime of that group. */
export function primeFor(size: number): number {
  return leastAbove(size)[0];
}

function leastAbove(size: number): typeof PRIMES[number] {
  return PRIMES.find(([prime]) => prime > size)!;
}

/** Whether the powers of a number are all that there are: none is 1 before the last (Fermat). */
export function isPrimitiveRoot(
  value: number,
  prime: number,
  factors: readonly number[],
): boolean {
  return factors.every((factor) => power(value, (prime - 1) / factor, prime) !== 1);
}

/** `base ** exponent` modulo a prime, by squaring. */
export function power(base: number, exponent: number, prime: number): number {
  const modulus = BigInt(prime);
  let square = BigInt(base) % modulus;
  let result = 1n;
  for (let rest = BigInt(exponent); rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = result * square % modulus;
    square = square * square % modulus;
  }
  return Number(result);
}

/** A number from 1 to `prime` - 1, from the seed and what it is for. */
function drawn(seed: string, purpose: string, prime: number): number {
  const digest = digestOf(seed, purpose);
  return Number(BigInt(`0x${digest.toString("hex")}`) % BigInt(prime - 1)) + 1;
}

/** 32 octets that a seed gives for one purpose. */
export function digestOf(
  seed: string,
  purpose: string,
): Uint8Array & { toString(as: "hex"): string } {
  return createHash("sha256").update(JSON.stringify([seed, purpose])).digest();
}
