import { assertEquals, assertThrows } from "@std/assert";
import { readVerdict } from "../../src/transit/verdict.ts";

Deno.test("a verdict is kept within bounds", () => {
  assertEquals(readVerdict(undefined), undefined);
  for (const word of ["drop", "reset", "prohibit"]) assertEquals(readVerdict(word), word);
  assertEquals(readVerdict({ delay: 2.5 }), { delay: 2.5, copies: 0 });
  assertEquals(readVerdict({ copies: 2 }), { delay: 0, copies: 2 });
  assertEquals(readVerdict({ delay: 1, copies: 1 }), { delay: 1, copies: 1 });
  assertEquals(readVerdict({ delay: 1e12, copies: 1e9 }), { delay: 60_000, copies: 16 });
  assertEquals(readVerdict({ delay: -1, copies: -3 }), { delay: 0, copies: 0 });
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
    assertThrows(() => readVerdict(verdict), Error, "is no verdict", String(verdict));
  }
});
