import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { Failure } from "../../../src/host/failure.ts";
import { UsageError } from "../../../src/host/usage_error.ts";
import { ListBucket } from "../../../src/scan/order/list_bucket.ts";
import { openOrder, type Order, type OrderOptions } from "../../../src/scan/order/order.ts";
import { type Prefix, readPrefix } from "../../../src/target/prefix.ts";
import { readJobsTogether } from "../../../src/target/read.ts";
import { Skipped } from "../../../src/target/skipped.ts";
import { all, some } from "./targets.ts";

async function open(
  text: string | Uint8Array<ArrayBuffer>,
  options: Partial<OrderOptions> = {},
  skipped = new Skipped(),
): Promise<Order> {
  const lines = readJobsTogether(new Blob([text]).stream(), {});
  return await openOrder({ ports: [80], seed: "s", list: { lines, skipped }, ...options });
}

/** Everything that an order has, after which its file is closed. */
function closed(order: Order): string[] {
  const targets = all(order);
  order.close();
  return targets;
}

async function targets(text: string, options: Partial<OrderOptions> = {}): Promise<string[]> {
  return closed(await open(text, options));
}

Deno.test("every form of list that a measurement reads, each target once", async () => {
  const expected = ["192.0.2.1 80", "192.0.2.2 8080", "2001:db8::1 80", "2001:db8::2 8443"];
  const forms = [
    "192.0.2.1\n# a comment\n192.0.2.2:8080 # another\n\n2001:DB8:0::1\n[2001:db8::2]:8443\n",
    '{"dip":"192.0.2.1"}\n{"dip":"192.0.2.2","dp":8080,"rank":1}\n{"dip":"2001:db8::1"}\n' +
    '{"dip":"2001:db8::2","dp":"8443"}',
    "dip,dp\n192.0.2.1,\n192.0.2.2,8080\n2001:db8::1,80\n2001:db8::2,8443\n",
    "192.0.2.1,80,a.example\n192.0.2.2,8080,\n2001:db8::1,80,\n2001:db8::2,8443,b.example,1\n",
  ];
  for (const form of forms) assertEquals((await targets(form)).sort(), expected, form);
  const gzip = new Blob([forms[0]!]).stream().pipeThrough(new CompressionStream("gzip"));
  const packed = new Uint8Array(await new Response(gzip).arrayBuffer());
  assertEquals(closed(await open(packed)).sort(), expected);
});

Deno.test("a target without a port has all of the scan's, and repeated ones count once", async () => {
  const list = "192.0.2.1\n192.0.2.1\n192.0.2.2:22\n192.0.2.1:443\n2001:db8::1\n2001:0db8::1\n";
  const order = await open(list, { ports: [80, 443] });
  assertEquals(closed(order).sort(), [
    ...["192.0.2.1 443", "192.0.2.1 80", "192.0.2.2 22", "2001:db8::1 443", "2001:db8::1 80"],
  ]);
  assertEquals(order.passed.duplicate, 5);
  assertEquals(order.size, 10);
});

Deno.test("lines that cannot be used are counted and named", async () => {
  const skipped = new Skipped();
  const order = await open("192.0.2.1\n192.0.2.\nexample.com\n::ffff:192.0.2.1\n", {}, skipped);
  assertEquals(closed(order), ["192.0.2.1 80"]);
  assertEquals(skipped.count, 3);
  assertEquals(skipped.first.map(({ line }) => line), [2, 3, 4]);
});

/** A list of many targets of both families. */
function many(count: number): string {
  const line = (i: number) =>
    i % 3 === 0
      ? `10.${i >> 16}.${i >> 8 & 255}.${i & 255}`
      : `[2001:db8:${(i * 7919 % 65536).toString(16)}::${i.toString(16)}]:${1 + i % 65535}`;
  return Array.from({ length: count }, (_, i) => line(i)).join("\n");
}

Deno.test("shards of a list are disjoint and together whole, and resumes lose nothing", async () => {
  const counts = fc.oneof(fc.integer({ min: 1, max: 60 }), fc.constant(3000));
  await fc.assert(
    fc.asyncProperty(
      counts,
      fc.integer({ min: 1, max: 4 }),
      fc.string(),
      fc.array(fc.integer({ min: 1, max: 300 }), { maxLength: 3 }),
      async (count, shards, seed, cuts) => {
        const list = many(count) + "\n" + many(count >> 1);
        const whole: string[] = [];
        for (let shard = 0; shard < shards; shard++) {
          const options = { seed, shards, shard };
          const once = await targets(list, options);
          const inParts: string[] = [];
          let position = 0;
          for (const most of cuts) {
            const order = await open(list, { ...options, position });
            assert(order.position === Math.min(position, order.steps));
            inParts.push(...some(order, most));
            position = order.position;
            order.close();
          }
          inParts.push(...await targets(list, { ...options, position }));
          assertEquals(inParts, once);
          whole.push(...once);
        }
        assertEquals(whole.sort(), [...new Set(await targets(list, { seed }))].sort());
        assertEquals(whole.length, count);
      },
    ),
    { numRuns: 10 },
  );
});

Deno.test("a seed gives an order, which is none of the list's, and an identity tells lists apart", async () => {
  const list = many(5000);
  const once = await targets(list);
  assertEquals(await targets(list), once);
  const other = await targets(list, { seed: "t" });
  assertNotEquals(other, once);
  assertEquals(other.toSorted(), once.toSorted());
  // Places of the list's first half are spread over the whole of the order
  const first = new Set(closed(await open(many(2500))));
  const early = once.slice(0, 2500).filter((target) => first.has(target)).length;
  assert(early > 1100 && early < 1400, `${early} of 2500`);

  const identity = async (text: string, options = {}) => {
    const order = await open(text, options);
    order.close();
    return order.identity;
  };
  const own = await identity("192.0.2.1\n192.0.2.2");
  assertEquals(await identity("192.0.2.2\n192.0.2.1"), own);
  assertEquals(await identity("192.0.2.2\n192.0.2.1", { blocked: [readPrefix("192.0.2.2")] }), own);
  assertNotEquals(await identity("192.0.2.2\n192.0.2.3"), own);
  assertNotEquals(await identity("192.0.2.2"), own);
});

Deno.test("blocklist, allowlist and a number of targets hold for lists", async () => {
  const prefix = (text: string) => readPrefix(text) as Prefix;
  const order = await open("192.0.2.1\n192.0.2.2\n198.51.100.1\n203.0.113.1\n", {
    blocked: [prefix("192.0.2.0/31")],
    allowed: [prefix("192.0.2.0/24"), prefix("198.51.100.0/24")],
  });
  assertEquals(order.size, 2);
  assertEquals(closed(order).sort(), ["192.0.2.2 80", "198.51.100.1 80"]);
  assertEquals([order.passed.blocked, order.passed.unlisted], [1, 1]);

  const list = many(400);
  const options = { maxTargets: { share: 0.25 } };
  const once = await targets(list, options);
  assertEquals(once.length, 100);
  const begun = await open(list, options);
  const before = some(begun, 33);
  begun.close();
  assertEquals([...before, ...await targets(list, { ...options, position: begun.position })], once);
});

Deno.test("a list without a target that may be probed is a clear failure", async () => {
  const none = "the list has no target: give it a line with an address, such as 192.0.2.1";
  await assertRejects(() => open(""), Failure, none);
  await assertRejects(() => open("example.com\n"), Failure, none);
  await assertRejects(
    () => open("192.0.2.1\n192.0.2.2\n", { blocked: [readPrefix("192.0.0.0/8") as Prefix] }),
    Failure,
    "the blocklists and the allowlist leave nothing of the list's 2 targets: special addresses " +
      "are blocked unless --no-default-blocklist is given",
  );
  await assertRejects(
    () =>
      open("192.0.2.1\n2001:db8::1\n", {
        elsewhere: [readPrefix("::/0"), readPrefix("192.0.2.0/24")] as Prefix[],
      }),
    Failure,
    "no target can be reached by the way that the scan's packets leave",
  );
  await assertRejects(
    () => open("192.0.2.1\n", { prefixes: ["192.0.2.0/24"] }),
    UsageError,
    "prefixes and a list: give one of them; an allowlist restricts a list",
  );
});

Deno.test("a bucket keeps each entry once, whatever their hashes", () => {
  for (const hash of [() => 7, (octets: Uint8Array, at: number) => octets[at + 17]!]) {
    const bucket = new ListBucket(hash);
    const entries = Array.from({ length: 3000 }, (_, i) => {
      const entry = new Uint8Array(18);
      new DataView(entry.buffer).setUint16(16, i);
      return entry;
    });
    for (const entry of [...entries, ...entries]) bucket.add(entry, 0);
    const row = new DataView(new ArrayBuffer(24));
    for (let i = 0; i < 3000; i++) {
      assert(bucket.put(i, row, 0));
      assertEquals(row.getUint16(16), i);
    }
    assert(!bucket.put(3000, row, 0));
  }
});
