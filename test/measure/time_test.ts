import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { rfc3339 } from "../../src/measure/time.ts";

Deno.test("times are those of Date, whichever were asked for before", () => {
  // Many have the last bits of their milliseconds in common
  const time = fc.tuple(fc.integer({ min: -3, max: 3 }), fc.double({ min: 0, max: 3, noNaN: true }))
    .map(([steps, rest]) => 1_700_000_000_000 + steps * 1024 + rest);
  fc.assert(fc.property(fc.array(time), (times) => {
    for (const one of times) assertEquals(rfc3339(one), new Date(one).toISOString());
  }));
});

Deno.test("what is no time has no text", () => {
  for (const wrong of [NaN, Infinity, 9e15]) assertThrows(() => rfc3339(wrong), RangeError);
});
