import { assertEquals } from "@std/assert";
import { rounds } from "../../src/probe/rounds.ts";

Deno.test("as many rounds as were asked for, and no pause behind the last", async () => {
  const seen: number[] = [];
  await rounds(3, 1, new AbortController().signal, (round) => seen.push(round));
  assertEquals(seen, [0, 1, 2]);
  // It would take a day
  await rounds(1, 86_400_000, new AbortController().signal, (round) => seen.push(round));
  assertEquals(seen, [0, 1, 2, 0]);
});

Deno.test("a signal ends the pause, and no round comes after it", async () => {
  const stop = new AbortController();
  const seen: number[] = [];
  const ended = rounds(Infinity, 86_400_000, stop.signal, (round) => seen.push(round));
  stop.abort();
  await ended;
  await rounds(2, 1, stop.signal, (round) => seen.push(round));
  assertEquals(seen, [0]);
});

Deno.test("a round that gives the signal itself is the last", async () => {
  const stop = new AbortController();
  let count = 0;
  await rounds(5, 86_400_000, stop.signal, () => {
    if (++count === 1) stop.abort();
  });
  assertEquals(count, 1);
});
