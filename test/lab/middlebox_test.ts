import { assertEquals, assertThrows } from "@std/assert";
import type { Middlebox } from "../../src/lab/middlebox/middlebox.ts";
import { block, checked, MIDDLEBOXES } from "../../src/lab/middlebox/registry.ts";

function box(name: string, block: number): Middlebox {
  return { name, block, summary: "", rules: () => [] };
}

Deno.test("addresses are those of a middlebox's own block, wherever it stands in the list", () => {
  assertEquals(block("transparent", 4).prefix, "10.20.128.0/17");
  assertEquals(block("drop-ws-syn", 4).prefix, "10.20.49.0/24");
  assertEquals(block("drop-ws-syn", 6).prefix, "fd53:7069:6465:20::31:0/112");
  assertEquals(checked(MIDDLEBOXES.toReversed()), checked(MIDDLEBOXES));
});

Deno.test("a block that is taken or out of range is told, with one that is free", () => {
  const first = box("first", 1);
  for (
    const [second, message] of [
      [box("second", 1), "second has block 1, which is that of first: 2 is free"],
      [box("second", 128), "second has block 128, which is none of 1 to 127: 2 is free"],
      [box("second", 1.5), "which is none of 1 to 127"],
      [box("first", 2), "There are two middleboxes first"],
    ] as const
  ) {
    assertThrows(() => checked([first, second]), RangeError, message);
  }
});
