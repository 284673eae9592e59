import { assert, assertEquals } from "@std/assert";
import { freestPart, rangesAround } from "../../src/host/port_part.ts";

const all = { first: 1000, last: 1999 };

Deno.test("the part with most free ports", () => {
  const bound = (port: number) => port % 2 === 1 && (port < 1300 || port > 1450);
  for (let round = 0; round < 20; round++) {
    assertEquals(freestPart(all, 151, (port) => !bound(port)), { first: 1300, last: 1450 });
  }
});

Deno.test("of equal parts one at random, each within the range", () => {
  const firsts = new Set<number>();
  for (let round = 0; round < 500; round++) {
    const { first, last } = freestPart(all, 900, () => true);
    assert(first >= 1000 && last <= 1999 && last - first === 899);
    firsts.add(first);
  }
  assert(firsts.size > 50, `${firsts.size} of 101 parts`);
});

Deno.test("a range with fewer ports is taken whole, also when none is free", () => {
  assertEquals(freestPart(all, 1000, () => true), all);
  assertEquals(freestPart(all, 5000, () => false), all);
  assertEquals(freestPart({ first: 5, last: 5 }, 1, () => false), { first: 5, last: 5 });
});

Deno.test("few ranges hold all ports, and as few others as can be", () => {
  assertEquals(rangesAround([], 3), []);
  assertEquals(rangesAround([7], 3), [{ first: 7, last: 7 }]);
  assertEquals(rangesAround([1, 2, 3], 3), [{ first: 1, last: 3 }]);
  assertEquals(rangesAround([1, 2, 4, 90, 91, 50_000], 3), [
    { first: 1, last: 4 },
    { first: 90, last: 91 },
    { first: 50_000, last: 50_000 },
  ]);
  assertEquals(rangesAround([1, 3, 5, 7], 1), [{ first: 1, last: 7 }]);
});
