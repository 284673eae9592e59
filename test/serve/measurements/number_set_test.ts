import { assertEquals } from "@std/assert";
import { NumberSet } from "../../../src/serve/measurements/number_set.ts";

Deno.test("a set of numbers has those that were added, and none beside them", () => {
  const numbers = [1, 7, 8, 32_767, 32_768, 2 ** 33 + 5];
  const set = new NumberSet();
  for (const number of numbers) set.add(number);
  for (const number of numbers) {
    assertEquals([number - 2, number, number + 2].map((one) => set.has(one)), [
      numbers.includes(number - 2),
      true,
      numbers.includes(number + 2),
    ]);
  }
  assertEquals(set.has(0), false);
});
