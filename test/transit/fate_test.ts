import { assertEquals, assertThrows } from "@std/assert";
import { fateOf } from "../../src/transit/fate.ts";

Deno.test("a verdict is kept within bounds", () => {
  assertEquals(fateOf(undefined), undefined);
  for (const word of ["drop", "reset", "prohibit"]) assertEquals(fateOf(word), word);
  assertEquals(fateOf({ delay: 2.5 }), { delay: 2.5, copies: 0 });
  assertEquals(fateOf({ copies: 2 }), { delay: 0, copies: 2 });
  assertEquals(fateOf({ delay: 1, copies: 1 }), { delay: 1, copies: 1 });
  assertEquals(fateOf({ delay: 1e12, copies: 1e9 }), { delay: 60_000, copies: 16 });
  assertEquals(fateOf({ delay: -1, copies: -3 }), { delay: 0, copies: 0 });
});

Deno.test("what is no verdict is refused, whatever it is", () => {
  for (
    const verdict of [
      null,
      true,
      "dorp",
      7,
      {},
      [],
      Promise.resolve("drop"),
      { delay: NaN },
      { delay: NaN, copies: 1 },
      { delay: 1, copies: 0.5 },
      { delay: "5" },
      { copies: Infinity },
      { drop: true },
    ]
  ) {
    assertThrows(() => fateOf(verdict), Error, "is no verdict", String(verdict));
  }
});
