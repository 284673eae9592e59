import { assertEquals } from "@std/assert";
import { RoundTrips } from "../../src/probe/round_trips.ts";

Deno.test("before the first probe nothing is known", () => {
  const { sent, received, loss, last, average, best, worst, jitter } = new RoundTrips();
  assertEquals([sent, received], [0, 0]);
  assertEquals([loss, last, average, best, worst, jitter], Array(6).fill(null));
});

Deno.test("losses and times are those of the probes", () => {
  const times = new RoundTrips();
  for (const time of [4, null, 1, 7, null]) times.add(time);
  const { sent, received, loss, last, average, best, worst, jitter } = times;
  assertEquals([sent, received, loss], [5, 3, 40]);
  assertEquals([last, average, best, worst], [7, 4, 1, 7]);
  // |1 - 4| and |7 - 1|
  assertEquals(jitter, 4.5);
});

Deno.test("a time of nothing is a time", () => {
  const times = new RoundTrips();
  times.add(0);
  const { loss, last, average, best, worst, jitter } = times;
  assertEquals([loss, last, average, best, worst, jitter], [0, 0, 0, 0, 0, null]);
});
