import { assert, assertEquals, assertNotEquals } from "@std/assert";
import fc from "fast-check";
import { instantiateScan } from "../../../src/host/scan_wasm.ts";
import { type Group, groupFor, isPrimitiveRoot, power } from "../../../src/scan/order/group.ts";
import { PRIMES } from "../../../src/scan/order/primes.ts";
import { MOST_FOUND, Walk, type WalkOptions } from "../../../src/scan/order/walk.ts";

const walk = new Walk(instantiateScan());

/** All indices of a walk, found at most `most` at once. */
function indices(options: WalkOptions, most = MOST_FOUND): number[] {
  const found: number[] = [];
  walk.begin(options);
  while (!walk.ended) {
    const count = walk.next(most);
    for (let i = 0; i < count; i++) found.push(walk.index(i));
  }
  return found;
}

function sorted(numbers: readonly number[]): number[] {
  return numbers.toSorted((a, b) => a - b);
}

function below(size: number): number[] {
  return Array.from({ length: size }, (_, i) => i);
}

Deno.test("a walk meets each index once, for each size up to 600 and those beside powers of two", () => {
  const sizes = below(600).map((i) => i + 1);
  for (let bits = 10; bits <= 17; bits++) sizes.push(2 ** bits - 1, 2 ** bits, 2 ** bits + 1);
  for (const size of sizes) {
    const found = indices({ group: groupFor(size, "s"), size });
    const met = new Uint8Array(size);
    for (const index of found) met[index]!++;
    assert(found.length === size && met.every((times) => times === 1), `${size}`);
  }
});

Deno.test("shards are disjoint and together whole, whatever their number and the batches", () => {
  const sizes = fc.integer({ min: 1, max: 3000 });
  const shards = fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 5000 }));
  fc.assert(
    fc.property(
      sizes,
      shards,
      fc.string(),
      fc.integer({ min: 1, max: 200 }),
      (size, n, seed, most) => {
        const group = groupFor(size, seed);
        const parts = below(n).map((shard) => indices({ group, size, shards: n, shard }, most));
        assertEquals(sorted(parts.flat()), below(size));
      },
    ),
    { numRuns: 60 },
  );
});

Deno.test("a walk that goes on from any step finds what was left, in the same order", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 3000 }),
      fc.integer({ min: 1, max: 7 }),
      fc.string(),
      fc.nat(),
      (size, shards, seed, cut) => {
        const options = { group: groupFor(size, seed), size, shards, shard: cut % shards };
        const whole = indices(options);
        walk.begin(options);
        const position = cut % (walk.steps + 1);
        const before = indices({ ...options, until: position });
        assertEquals([...before, ...indices({ ...options, position })], whole);
      },
    ),
  );
});

Deno.test("steps say where their indices are found again", () => {
  const options = { group: groupFor(1000, "s"), size: 700, shards: 3, shard: 1 };
  walk.begin(options);
  const found = walk.next(50);
  const places = below(found).map((i) => [walk.index(i), walk.step(i)] as const);
  assertEquals(found, 50);
  for (const [index, position] of places) assertEquals(indices({ ...options, position })[0], index);
});

Deno.test("the same seed gives the same walk, and another one another", () => {
  const of = (seed: string) => indices({ group: groupFor(1000, seed), size: 1000 }).join();
  assertEquals(of("a"), of("a"));
  assertEquals(new Set(below(50).map((i) => of(`seed ${i}`))).size, 50);
});

/** The next number of a group, by arithmetic without bounds. */
function next(x: number, { prime, generator }: Group, times = 1): number {
  return Number(BigInt(x) * BigInt(power(generator, times, prime)) % BigInt(prime));
}

Deno.test("in groups of all sizes the generator is of the highest order, and steps are right", () => {
  for (const [prime, factors] of PRIMES) {
    const group = groupFor(prime - 1, "large");
    assertEquals(group.prime, prime);
    // g^(p-1) = 1, and no power before it whose exponent divides p - 1: so its order is p - 1
    assertEquals(power(group.generator, prime - 1, prime), 1);
    for (const factor of factors) {
      assertNotEquals(power(group.generator, (prime - 1) / factor, prime), 1);
    }
    walk.begin({ group, size: prime - 1 });
    assertEquals(walk.steps, prime - 1);
    let x = group.first;
    for (let found = walk.next(MOST_FOUND), i = 0; i < found; i++) {
      assertEquals(walk.index(i), x - 1);
      x = next(x, group);
    }
  }
});

Deno.test("steps are right at random places of the largest groups, and for shards", () => {
  const bits = fc.integer({ min: 40, max: 48 });
  const places = fc.maxSafeNat();
  fc.assert(
    fc.property(
      bits,
      places,
      fc.integer({ min: 1, max: 1000 }),
      fc.string(),
      (k, cut, shards, seed) => {
        const size = 2 ** k;
        const group = groupFor(size, seed);
        const shard = cut % shards;
        const steps = Math.ceil((group.prime - 1 - shard) / shards);
        const position = cut % steps;
        walk.begin({ group, size: group.prime - 1, shards, shard, position });
        assertEquals(walk.steps, steps);
        const begin = BigInt(group.first) * BigInt(power(group.generator, shard, group.prime));
        const jumped = BigInt(power(group.generator, shards, group.prime));
        let x = Number(
          begin * BigInt(power(Number(jumped), position, group.prime)) % BigInt(group.prime),
        );
        const found = walk.next(100);
        assert(found > 0);
        for (let i = 0; i < found; i++) {
          assertEquals(walk.index(i), x - 1);
          assertEquals(walk.step(i), position + i);
          x = next(x, group, shards);
        }
      },
    ),
    { numRuns: 300 },
  );
});

Deno.test("numbers that are no primitive roots are known", () => {
  // Of 2^4 + 1 the roots are the numbers that are no squares (Gauss)
  const roots = below(16).map((i) => i + 1).filter((i) => isPrimitiveRoot(i, 17, [2]));
  assertEquals(roots, [3, 5, 6, 7, 10, 11, 12, 14]);
});
