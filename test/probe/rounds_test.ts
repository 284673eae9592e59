import { assertEquals } from "@std/assert";
import { fewer, rounds } from "../../src/probe/rounds.ts";

Deno.test("as many rounds as were asked for, and no pause behind the last", async () => {
  const seen: number[] = [];
  await rounds(3, 1, new AbortController().signal, (round) => void seen.push(round));
  assertEquals(seen, [0, 1, 2]);
  // It would take a day
  await rounds(1, 86_400_000, new AbortController().signal, (round) => void seen.push(round));
  assertEquals(seen, [0, 1, 2, 0]);
});

Deno.test("a signal ends the pause, and no round comes after it", async () => {
  const stop = new AbortController();
  const seen: number[] = [];
  const ended = rounds(Infinity, 86_400_000, stop.signal, (round) => void seen.push(round));
  stop.abort();
  await ended;
  await rounds(2, 1, stop.signal, (round) => void seen.push(round));
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

Deno.test("a round that takes its time is waited for", async () => {
  const seen: string[] = [];
  await rounds(2, 0, new AbortController().signal, async (round) => {
    seen.push(`begin ${round}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
    seen.push(`end ${round}`);
  });
  assertEquals(seen, ["begin 0", "end 0", "begin 1", "end 1"]);
});

Deno.test("what is pending is waited for until few are left", async () => {
  const pending = new Set<Promise<void>>();
  const settle: (() => void)[] = [];
  for (let at = 0; at < 4; at++) {
    const promise = new Promise<void>((resolve) => settle.push(resolve))
      .finally(() => pending.delete(promise));
    pending.add(promise);
  }
  let done = false;
  const waited = fewer(pending, 2).then(() => done = true);
  settle[1]!();
  await fewer(pending, 3);
  assertEquals([done, pending.size], [false, 3]);
  settle[3]!();
  await waited;
  assertEquals(pending.size, 2);
});
