import { assertEquals } from "@std/assert";
import { changesIn } from "../../src/page/changes.ts";

/** Runs in which so many of 100 results have a condition. */
function runs(...counts: readonly number[]) {
  return counts.map((count, at) => ({
    run: at + 1,
    time: `2026-11-30T0${at}:00:00.000Z`,
    results: 100,
    conditions: count === 0 ? {} : { broken: count },
  }));
}

Deno.test("a change is what chance does not make of as many results", () => {
  assertEquals(changesIn(runs(2, 5, 3, 4)), []);
  const [change, ...more] = changesIn(runs(2, 3, 40, 41, 0));
  assertEquals(change, {
    run: 3,
    time: "2026-11-30T02:00:00.000Z",
    condition: "broken",
    from: 0.03,
    to: 0.4,
  });
  assertEquals(more.map(({ run, from, to }) => [run, from, to]), [[5, 0.41, 0]]);
});

Deno.test("a run without results tells of no change, and neither does the one behind it", () => {
  const [first, second, third] = runs(0, 0, 90);
  assertEquals(changesIn([first!, { ...second!, results: 0 }, third!]), []);
  assertEquals(changesIn([]), []);
});
