import { assertAlmostEquals, assertEquals } from "@std/assert";
import { HitRate } from "../../src/scan/hit_rate.ts";

/** What is said in each of some seconds, of so many probes a second. */
function said(
  least: number,
  probes: number,
  shares: readonly number[],
  toEach = 1,
): (number | null)[] {
  const rate = new HitRate(least, toEach);
  let [sent, answers] = [0, 0];
  return shares.map((share) => {
    // Answers belong to the probes of a second before
    answers += sent === 0 ? 0 : probes * share;
    sent += probes;
    return rate.below(sent, answers);
  });
}

Deno.test("what falls below the share is said with the share, once it has lasted", () => {
  const shares = [...Array(20).fill(0.5), ...Array(20).fill(0)];
  const found = said(0.2, 1000, shares);
  const first = found.findIndex((share) => share !== null);
  // In ten seconds, 2 of 10 are not below a fifth; 1 of 10 is
  assertEquals(first, 20 + 6);
  assertAlmostEquals(found[first]!, 0.15);
});

Deno.test("of two probes to each arm one is answered, and that is all of them", () => {
  const half = Array(30).fill(0.5);
  assertEquals(said(0.9, 1000, half, 2).every((share) => share === null), true);
  assertEquals(said(0.9, 1000, half, 1).at(-1), 0.5);
  assertEquals(said(0.9, 1000, Array(30).fill(0.25), 2).at(-1), 0.5);
});

Deno.test("nothing is said of what stays above, of too few probes, and where nothing is required", () => {
  const silent = Array(30).fill(0);
  assertEquals(said(0.5, 1000, Array(30).fill(0.5)).every((share) => share === null), true);
  assertEquals(said(0.5, 99, silent).every((share) => share === null), true);
  assertEquals(said(0, 1000, silent).every((share) => share === null), true);
  assertEquals(said(0.01, 100, silent).findIndex((share) => share === 0), 11);
});
