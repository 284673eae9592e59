import { assertEquals, assertRejects } from "@std/assert";
import { ConcurrencyLimit } from "../../src/target/concurrency_limit.ts";

Deno.test("no more go through at once than there are places, and all in their order", async () => {
  const limit = new ConcurrencyLimit(2);
  const begun: number[] = [];
  const end: (() => void)[] = [];
  const all = [0, 1, 2, 3].map((at) =>
    limit.through(() => {
      begun.push(at);
      return new Promise<void>((resolve) => end.push(resolve));
    })
  );
  assertEquals(begun, [0, 1]);
  end[1]!();
  await all[1];
  await Promise.resolve();
  assertEquals(begun, [0, 1, 2]);
  end[0]!();
  await all[0];
  await Promise.resolve();
  assertEquals(begun, [0, 1, 2, 3]);
  end[2]!();
  end[3]!();
  await Promise.all(all);
});

Deno.test("a place is free again after an error", async () => {
  const limit = new ConcurrencyLimit(1);
  await assertRejects(() => limit.through(() => Promise.reject(new Error("lost"))), Error, "lost");
  assertEquals(await limit.through(() => Promise.resolve(7)), 7);
});
