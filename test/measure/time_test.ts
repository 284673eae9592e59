import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { rfc3339 } from "../../src/measure/time.ts";

Deno.test("times are written as Date writes them, in whatever order they come", () => {
  const time = fc.double({ min: 0, max: 253_402_300_799_999, noNaN: true });
  fc.assert(fc.property(fc.array(time, { minLength: 1 }), (times) => {
    const near = times.flatMap((one) => [one, one + 1, one + 999.9, one]);
    assertEquals(near.map(rfc3339), near.map((one) => new Date(one).toISOString()));
  }));
});

Deno.test("what is no time has no text", () => {
  for (const wrong of [NaN, Infinity, 9e15]) assertThrows(() => rfc3339(wrong), RangeError);
});
