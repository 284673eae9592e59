import { assert, assertEquals } from "@std/assert";
import { CLEAN, LAST_BLOCK, targetBlock } from "./targets.ts";

Deno.test("every block of targets has addresses of its own", () => {
  const seen = new Map<string, number>();
  for (const family of [4, 6] as const) {
    for (let block = CLEAN; block <= LAST_BLOCK; block++) {
      const { size, at } = targetBlock(block, family);
      for (const index of [0, 1, 253, size - 1]) {
        const target = at(index);
        assert((seen.get(target) ?? block) === block, `${target}: ${block}, ${seen.get(target)}`);
        seen.set(target, block);
      }
    }
  }
  assertEquals(targetBlock(CLEAN, 4).at(254), "10.20.129.1");
  assertEquals(targetBlock(CLEAN, 4).at(32_511), "10.20.255.254");
  assertEquals(targetBlock(2, 6).at(65_534), "fd53:7069:6465:20::2:ffff");
});
