import { assert, assertEquals } from "@std/assert";
import { PRIMES } from "../../../src/scan/order/primes.ts";

/** Whether a number is prime, by division: what these tests judge by. */
function isPrime(number: number): boolean {
  if (number < 2 || number % 2 === 0) return number === 2;
  for (let divisor = 3; divisor * divisor <= number; divisor += 2) {
    if (number % divisor === 0) return false;
  }
  return true;
}

Deno.test("the primes are the least above each power of two, and the factors theirs", () => {
  assertEquals(PRIMES.length, 47);
  for (const [i, [prime, factors]] of PRIMES.entries()) {
    const base = 2 ** (i + 2);
    assert(prime > base && isPrime(prime), `${prime}`);
    for (let smaller = base + 1; smaller < prime; smaller++) {
      assert(!isPrime(smaller), `${smaller} is prime`);
    }
    let rest = prime - 1;
    for (const factor of factors) {
      assert(isPrime(factor), `${factor} of ${prime} - 1 is prime`);
      assertEquals(rest % factor, 0);
      while (rest % factor === 0) rest /= factor;
    }
    assertEquals(rest, 1, `all factors of ${prime} - 1`);
  }
});
