import { assertEquals } from "@std/assert";
import type { Measurement } from "../../../src/serve/measurements/measurement.ts";
import { BatchSize, Turns } from "../../../src/serve/measurements/turns.ts";

const one = (owner: string | null, number: number) => ({ owner, number }) as Measurement;

Deno.test("those who wait take turns, however much one of them has asked for", () => {
  const turns = new Turns();
  const all = [one("a", 1), one("b", 2), one(null, 3)];
  const order = Array.from({ length: 6 }, () => turns.next(all)!.owner);
  assertEquals(order, ["a", "b", null, "a", "b", null]);
  // A newcomer is next
  assertEquals(turns.next([...all, one("c", 9)])!.owner, "c");
  assertEquals(turns.next([]), undefined);
});

Deno.test("a turn is about as long as it is to be, and neither empty nor endless", () => {
  const sizes = new BatchSize(10);
  const first = sizes.of(1);
  sizes.learn(1, 500, 5);
  assertEquals(sizes.of(1), 1000);
  sizes.learn(1, 500, 5000);
  assertEquals(sizes.of(1), 50);
  sizes.learn(1, 50_000, 0.001);
  assertEquals(sizes.of(1), 50_000);
  assertEquals(sizes.of(2), first);
  sizes.forget(1);
  assertEquals(sizes.of(1), first);
});
