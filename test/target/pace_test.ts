import { assert, assertEquals } from "@std/assert";
import { Pace } from "../../src/target/pace.ts";

Deno.test("without a rate every turn comes at once", async () => {
  const pace = new Pace(undefined);
  const start = performance.now();
  for (let n = 0; n < 10_000; n++) assert(await pace.turn());
  // A timer of a millisecond for each would take 10 s
  assert(performance.now() - start < 9000);
});

Deno.test("turns never come before their time, and the rate is kept", async () => {
  const pace = new Pace(2000);
  const start = performance.now();
  for (let n = 0; n < 600; n++) {
    assert(await pace.turn());
    // A timer may be a millisecond early.
    assert(performance.now() - start >= n * 0.5 - 1.5, `turn ${n}`);
  }
});

Deno.test("after a standstill at most 1/20 s worth of turns is made up for", async () => {
  const pace = new Pace(1000);
  await pace.turn();
  await new Promise((resolve) => setTimeout(resolve, 400));
  const start = performance.now();
  for (let n = 0; n < 150; n++) await pace.turn();
  assert(performance.now() - start >= 95, "150 turns, of which 50 were made up for, take 100 ms");
});

Deno.test("a wait ends when the signal aborts", async () => {
  const pace = new Pace(0.001);
  const stop = new AbortController();
  assert(await pace.turn(stop.signal));
  setTimeout(() => stop.abort(), 10);
  assertEquals(await pace.turn(stop.signal), false);
  assertEquals(await pace.turn(stop.signal), false);
});
