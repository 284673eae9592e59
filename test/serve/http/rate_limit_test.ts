import { assert, assertEquals } from "@std/assert";
import { RateLimit } from "../../../src/serve/http/rate_limit.ts";

Deno.test("a caller may come so often at once, and then as often as the rate says", () => {
  const limit = new RateLimit(2, 3);
  assertEquals([1, 2, 3].map(() => limit.take("a", 0)), [0, 0, 0]);
  assertEquals(limit.take("a", 0), 0.5);
  assertEquals(limit.take("b", 0), 0, "each by himself");
  assertEquals(limit.take("a", 500), 0);
  assert(limit.take("a", 500) > 0);
  // No more than the burst is gained, however long he was away
  assertEquals([1, 2, 3].map(() => limit.take("a", 3_600_000)), [0, 0, 0]);
  assert(limit.take("a", 3_600_000) > 0);
});

Deno.test("however many callers come, few are remembered", () => {
  const limit = new RateLimit(0.001, 1);
  assertEquals(limit.take("first", 0), 0);
  for (let i = 0; i < 20_000; i++) limit.take(`caller ${i}`, 0);
  assertEquals(limit.take("first", 0), 0, "it was forgotten");
  assert(limit.take("caller 19999", 0) > 0);
});
