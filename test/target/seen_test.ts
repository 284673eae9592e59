import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { JobKey } from "../../src/target/seen.ts";
import { Seen } from "../../src/target/seen.ts";

Deno.test("the same address, port and domain are one job, and nothing else is", () => {
  const seen = new Seen();
  const different: JobKey[] = [
    { dip: "192.0.2.1" },
    { dip: "192.0.2.1", dp: 80 },
    { dip: "192.0.2.1", dp: 443 },
    { dip: "192.0.2.1", domain: "example.com" },
    { dip: "192.0.2.1", dp: 80, domain: "example.com" },
    { dip: "192.0.2.1", dp: 80, domain: "example.org" },
    { dip: "192.0.2.18", dp: 0 },
    { dip: "192.0.2.2", dp: 80 },
    { dip: "2001:db8::1" },
    { dip: "2001:db8::1", dp: 80 },
  ];
  for (const job of different) assert(seen.add(job), JSON.stringify(job));
  for (const job of different) assert(!seen.add(job), JSON.stringify(job));
  const again: JobKey[] = [
    { dip: "2001:0DB8:0:0::1", dp: 80 },
    { dip: "2001:db8::0.0.0.1" },
    { dip: "192.0.2.1", dp: 80, domain: "EXAMPLE.com" },
  ];
  for (const job of again) assert(!seen.add(job), JSON.stringify(job));
  assertEquals(seen.size, different.length);
});

Deno.test("a million jobs are each known again, and none is taken for another", () => {
  const seen = new Seen();
  const jobs = function* (from: number) {
    for (let n = from; n < from + 1_000_000; n++) {
      yield { dip: `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`, dp: 1 + n % 3 } as const;
    }
  };
  let fresh = 0;
  for (const job of jobs(0)) if (seen.add(job)) fresh++;
  assertEquals([fresh, seen.size], [1_000_000, 1_000_000]);
  for (const job of jobs(0)) if (seen.add(job)) fresh++;
  assertEquals([fresh, seen.size], [1_000_000, 1_000_000]);
  for (const job of jobs(1_000_000)) if (seen.add(job)) fresh++;
  assertEquals([fresh, seen.size], [2_000_000, 2_000_000]);
});

Deno.test("it agrees with a set of texts, whatever the jobs", () => {
  const job = fc.record({
    dip: fc.constantFrom("192.0.2.1", "192.0.2.2", "2001:db8::1", "2001:db8::2"),
    dp: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
    domain: fc.option(fc.constantFrom("a", "b", "a.b"), { nil: undefined }),
  }, { requiredKeys: ["dip"] });
  fc.assert(fc.property(fc.array(job, { maxLength: 200 }), (jobs) => {
    const seen = new Seen();
    const texts = new Set<string>();
    for (const { dip, dp, domain } of jobs) {
      const text = JSON.stringify([dip, dp, domain]);
      const found = { dip, ...dp !== undefined && { dp }, ...domain !== undefined && { domain } };
      assertEquals(seen.add(found), !texts.has(text));
      texts.add(text);
      assertEquals(seen.size, texts.size);
    }
  }));
});
