import { assertEquals } from "@std/assert";
import { Limits } from "../../src/observe/limits.ts";

const START = 1_700_000_000;

/** Packets at some times, in seconds since 1970. */
function at(...times: readonly number[]) {
  return {
    count: times.length,
    time: (i: number) => BigInt(Math.round(times[i]! * 1e6)) * 1000n,
  };
}

/** A packet every tenth of a second. */
const BATCH = at(...Array.from({ length: 10 }, (_, i) => START + i / 10));

Deno.test("without limits everything is taken", () => {
  const limits = new Limits();
  assertEquals([limits.allow(7), limits.take(BATCH), limits.reached], [7, 10, null]);
});

Deno.test("a count takes what is left of it, and is reached exactly", () => {
  const limits = new Limits({ count: 15 });
  assertEquals(limits.allow(10), 10);
  assertEquals([limits.take(BATCH), limits.reached], [10, null]);
  assertEquals(limits.allow(10), 5);
  assertEquals(limits.take(BATCH), 5);
  assertEquals([limits.allow(10), limits.take(BATCH), limits.reached], [0, 0, "count"]);
});

Deno.test("a duration begins with the first packet, and ends before the packet that is later", () => {
  const cases: [number, number][] = [[0.05, 1], [0.1, 1], [0.100001, 2], [0.75, 8], [0.9, 9]];
  for (const [duration, packets] of cases) {
    const limits = new Limits({ duration });
    assertEquals(limits.take(BATCH), packets, `${duration}`);
    assertEquals(limits.reached, "duration");
  }
  const long = new Limits({ duration: 1e9 });
  assertEquals([long.take(BATCH), long.reached], [10, null]);
});

Deno.test("a duration counts over batches, to the nanosecond", () => {
  const limits = new Limits({ duration: 1 });
  assertEquals([limits.take(at()), limits.take(BATCH)], [0, 10]);
  assertEquals(limits.take(at(START + 0.999999, START + 1)), 1);
  const fine = new Limits({ duration: 1e-9 });
  const two = { count: 2, time: (i: number) => 7_258_118_400_000_000_000n + BigInt(i) };
  assertEquals(fine.take(two), 1, "in the year 2200");
});

Deno.test("from a given time, a duration ends without packets too, and at once when told", () => {
  const limits = new Limits({ duration: 2, from: START * 1000 });
  limits.tell(START * 1000 + 1999);
  assertEquals(limits.reached, null);
  limits.tell(START * 1000 + 2000);
  assertEquals(limits.reached, "duration");
  const ended = new Limits();
  ended.end(START * 1000 + 350);
  assertEquals(ended.take(BATCH), 4);
});
