import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { Failure } from "../../../src/host/failure.ts";
import { UsageError } from "../../../src/host/usage_error.ts";
import { openOrder, type OrderOptions } from "../../../src/scan/order/order.ts";
import { type Prefix, readPrefix } from "../../../src/target/prefix.ts";
import { all, some } from "./targets.ts";

const ONE: OrderOptions = { prefixes: ["192.0.2.0/24"], ports: [80], seed: "s" };

async function targets(options: Partial<OrderOptions>): Promise<string[]> {
  return all(await openOrder({ ...ONE, ...options }));
}

function prefixes(...texts: string[]): Prefix[] {
  return texts.map((text) => readPrefix(text) as Prefix);
}

function ipv4(base: string, from: number, to: number): string[] {
  return Array.from({ length: to - from + 1 }, (_, i) => `${base}.${from + i}`);
}

Deno.test("prefixes of both families times ports: each target once", async () => {
  const order = await openOrder({
    ...ONE,
    prefixes: ["192.0.2.0/29", "198.51.100.7", "2001:db8::ffff:fffe/127", "2001:db8:0:1::/126"],
    ports: [80, 443, 80, 65535],
  });
  const addresses = [
    ...ipv4("192.0.2", 0, 7),
    "198.51.100.7",
    "2001:db8::ffff:fffe",
    "2001:db8::ffff:ffff",
    ...["", "1", "2", "3"].map((last) => `2001:db8:0:1::${last}`),
  ];
  assertEquals(order.size, addresses.length * 3);
  const expected = addresses.flatMap((address) => [80, 443, 65535].map((p) => `${address} ${p}`));
  assertEquals(all(order).sort(), expected.sort());
  assertEquals(order.position, order.steps);
  assertEquals(order.wait(), Infinity);
  assertEquals(order.fill(new Uint8Array(24), 1), 0);
});

Deno.test("shards and resumes at random points give every target once, in the order of one run", async () => {
  const prefix = fc.constantFrom("192.0.2.0/26", "198.51.100.0/30", "2001:db8::/122", "10.0.0.1");
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(prefix, { minLength: 1 }),
      fc.uniqueArray(fc.nat(65535), { minLength: 1, maxLength: 4 }),
      fc.string(),
      fc.integer({ min: 1, max: 5 }),
      fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 }),
      async (prefixes, ports, seed, shards, cuts) => {
        const options = { prefixes, ports, seed, shards };
        const whole: string[] = [];
        for (let shard = 0; shard < shards; shard++) {
          const once = await targets({ ...options, shard });
          const inParts: string[] = [];
          let position = 0;
          for (const most of cuts) {
            const order = await openOrder({ ...options, shard, position });
            inParts.push(...some(order, most));
            position = order.position;
          }
          inParts.push(...await targets({ ...options, shard, position }));
          assertEquals(inParts, once);
          whole.push(...once);
        }
        const { size } = await openOrder({ prefixes, ports, seed });
        assertEquals(whole.length, size);
        assertEquals(new Set(whole).size, size);
      },
    ),
    { numRuns: 60 },
  );
});

Deno.test("prefixes that overlap are merged, with a warning that names both", async () => {
  const order = await openOrder({
    ...ONE,
    prefixes: ["192.0.2.0/24", "192.0.2.128/25", "192.0.2.0/24", "2001:db8::1", "2001:db8::/127"],
  });
  assertEquals(order.size, 258);
  assertEquals(new Set(all(order)).size, 258);
  assertEquals(order.warnings, [
    "192.0.2.0/24 is named twice; its addresses are probed once",
    "192.0.2.128/25 is part of 192.0.2.0/24; its addresses are probed once",
    "2001:db8::1 is part of 2001:db8::/127; its addresses are probed once",
  ]);
});

Deno.test("2^32 addresses have their first targets at once, and 2^48 targets have an order", async () => {
  const order = await openOrder({ ...ONE, prefixes: ["0.0.0.0/0"], ports: [80, 443, 8080] });
  assertEquals(order.size, 3 * 2 ** 32);
  assertEquals(new Set(some(order, 64)).size, 64);
  assert(order.position < 1000);
  const wide = await openOrder({ ...ONE, prefixes: ["2001:db8::/80"] });
  assertEquals(wide.size, 2 ** 48);
  assertEquals(some(wide, 500).length, 500);
});

Deno.test("interface ids of each subnet, one after the other or at random", async () => {
  const of = (...prefixes: string[]) => targets({ prefixes });
  assertEquals(
    (await of("2001:db8::/32@/34,::1,::10-::11")).sort(),
    [
      ...["2001:db8", "2001:db8:4000", "2001:db8:8000", "2001:db8:c000"]
        .flatMap((subnet) => ["1", "10", "11"].map((id) => `${subnet}::${id} 80`)),
    ].sort(),
  );
  const low = await of("2001:db8:ff00::/40@/48,low-byte");
  assertEquals(new Set(low).size, 256 * 255);
  assert(low.includes("2001:db8:ffab::ff 80") && !low.includes("2001:db8:ffab:: 80"));
  assertEquals((await of("2001:db8::/126@/127,::1")).sort(), ["2001:db8::1 80", "2001:db8::3 80"]);

  const random = await of("2001:db8::/40@/48,random");
  assertEquals(new Set(random.map((text) => text.split(":")[2])).size, 256);
  assertEquals(
    new Set(random.map((text) => text.split(" ")[0]!.split(":").at(-1))).size > 200,
    true,
  );
  assertEquals(await of("2001:db8::/40@/48,random"), random);
  assertNotEquals(
    (await targets({ prefixes: ["2001:db8::/40@/48,random"], seed: "t" })).sort(),
    random.sort(),
  );
  const short = await of("2001:db8::/120@/124,random");
  assertEquals(new Set(short.map((text) => text.at(-5))).size > 3, true);
  assertEquals(new Set(short.map((text) => text.replace(/.? 80$/, ""))).size, 16);
});

Deno.test("subnets of a shift that is no whole word are added to the prefix", async () => {
  const found = await targets({ prefixes: ["2001:db8::/32@/43,::1:ffff:ffff"], seed: "x" });
  const expected = Array.from({ length: 2048 }, (_, i) => {
    const number = (0x2001_0db8n << 96n) + (BigInt(i) << 85n) + 0x1_ffff_ffffn;
    return number.toString(16);
  });
  const numbers = found.map((text) => {
    const [head = "", tail = ""] = text.split(" ")[0]!.split("::");
    const groups = [head, tail].map((part) => part.split(":").filter((group) => group !== ""));
    const zeros = Array(8 - groups.flat().length).fill("0");
    return [...groups[0]!, ...zeros, ...groups[1]!].map((group) => group.padStart(4, "0")).join("");
  });
  assertEquals(numbers.sort(), expected.sort());
});

Deno.test("what names no targets, or too many, says what to do", async () => {
  const cases: [Partial<OrderOptions>, string][] = [
    [{ prefixes: [] }, "no target: name a prefix, such as 192.0.2.0/24, or an address"],
    [{ prefixes: ["x"] }, '"x" is not a prefix (192.0.2.0/24, 2001:db8::/32) or an address'],
    [{ ports: [] }, "no port: name one, such as 443"],
    [{ ports: [65536] }, "65536 is not a port: give numbers from 0 to 65535"],
    [{ shards: 0 }, "0 shards: give a whole number, 1 or more"],
    [{ shards: 3, shard: 3 }, "shard 3: those of 3 shards are 0 to 2"],
    [
      { prefixes: ["2001:db8::/32"] },
      "the prefixes and ports make about 2^96 targets, and a scan may have 2^48: give longer " +
      "prefixes, or some interface ids of each subnet, as in 2001:db8::/32@/48,::1",
    ],
    [
      { prefixes: ["2001:db8::/80"], ports: [1, 2] },
      "the prefixes and ports make about 2^49 targets, and a scan may have 2^48: give longer " +
      "prefixes, or some interface ids of each subnet, as in 2001:db8::/32@/48,::1",
    ],
    [
      { prefixes: ["2001:db8::/32@/48,::1", "2001:db8:7::1"] },
      "2001:db8::/32@/48,::1 and 2001:db8:7::1 overlap: name the interface ids of a prefix " +
      "together, or give prefixes that have no address in common",
    ],
  ];
  for (const [options, message] of cases) {
    await assertRejects(() => openOrder({ ...ONE, ...options }), UsageError, message);
  }
});

Deno.test("interface ids that cannot be say why", async () => {
  const cases: [string, string][] = [
    ["192.0.2.0/24@/28,::1", "interface ids are for IPv6 prefixes"],
    ["2001:db8::/32@/31,::1", "behind @ stands the length of a subnet, /32 to /127"],
    ["2001:db8::/32@48,::1", "behind @ stands the length of a subnet, /32 to /127"],
    ["2001:db8::/32@/128,::", "behind @ stands the length of a subnet, /32 to /127"],
    ["2001:db8::/32@/48", "behind the length of a subnet stand interface ids"],
    [
      "2001:db8::/32@/48,x",
      '"x" is not an interface id (::1), a range (::1-::ff), low-byte or random',
    ],
    [
      "2001:db8::/32@/48,::2-::1",
      '"::2-::1" is not an interface id (::1), a range (::1-::ff), low-byte or random',
    ],
    ["2001:db8::/32@/48,random,::1", "random stands alone"],
    ["2001:db8::/32@/112,::1:0", '"::1:0" has more than the 16 bits of an id'],
    ["::/16@/48,::1", "its first addresses stand for IPv4; begin with a prefix such as 2000::/3"],
  ];
  for (const [text, message] of cases) {
    await assertRejects(
      () => openOrder({ ...ONE, prefixes: [text] }),
      UsageError,
      `"${text}": ${message}, as in 2001:db8::/32@/48,::1`,
    );
  }
  await assertRejects(
    () => openOrder({ ...ONE, prefixes: ["x@/48,::1"] }),
    UsageError,
    '"x" is not a prefix',
  );
});

Deno.test("IPv6 prefixes leave out the addresses that stand for IPv4", async () => {
  const order = await openOrder({ ...ONE, prefixes: ["::/80"] });
  assertEquals(order.size, 2 ** 48 - 2 ** 32);
});

Deno.test("a blocklist is kept to, and an allowlist", async () => {
  const order = await openOrder({
    ...ONE,
    blocked: prefixes("192.0.2.16/28", "192.0.2.77", "::/0"),
  });
  const expected = ipv4("192.0.2", 0, 255).filter((address) => {
    const last = Number(address.split(".")[3]);
    return last >> 4 !== 1 && last !== 77;
  });
  assertEquals(order.size, 239);
  assertEquals(all(order).sort(), expected.map((address) => `${address} 80`).sort());
  assertEquals(order.passed.blocked, 17);

  const listed = { allowed: prefixes("192.0.2.250/29", "10.0.0.0/8") };
  assertEquals((await targets(listed)).sort(), ipv4("192.0.2", 248, 255).map((a) => `${a} 80`));
  const pattern = await openOrder({
    ...ONE,
    prefixes: ["2001:db8::/32@/36,::1"],
    allowed: prefixes("2001:db8:3000::/36", "2001:db8:a000::1"),
  });
  assertEquals(all(pattern).sort(), ["2001:db8:3000::1 80", "2001:db8:a000::1 80"]);
  assertEquals(pattern.passed.unlisted, 14);
});

Deno.test("what has another way out is left out and counted", async () => {
  const order = await openOrder({ ...ONE, elsewhere: prefixes("192.0.2.0/25") });
  assertEquals(all(order).length, 128);
  assertEquals(order.size, 128);
  assertEquals(order.passed, { blocked: 0, unlisted: 0, elsewhere: 128, duplicate: 0 });
  const blocked = prefixes("192.0.2.0/26", "192.0.2.192/26");
  await assertRejects(
    () => openOrder({ ...ONE, blocked, elsewhere: prefixes("192.0.2.0/25", "192.0.2.128/26") }),
    Failure,
    "no target can be reached by the way that the scan's packets leave: name another interface " +
      "with -i, or targets that the routes lead to",
  );
});

Deno.test("lists that leave nothing are a clear failure at once", async () => {
  const nothing = (count: string) =>
    `the blocklists leave nothing of ${count} targets: name other prefixes; special addresses are ` +
    "blocked unless --no-default-blocklist is given";
  await assertRejects(
    () => openOrder({ ...ONE, ports: [1, 2], blocked: prefixes("192.0.2.0/25", "192.0.2.128/25") }),
    Failure,
    nothing("512"),
  );
  await assertRejects(
    () =>
      openOrder({ ...ONE, prefixes: ["2001:db8::/32@/48,::1"], blocked: prefixes("2001::/16") }),
    Failure,
    nothing("65,536"),
  );
  await assertRejects(
    () => openOrder({ ...ONE, allowed: prefixes("10.0.0.0/8") }),
    Failure,
    "the allowlist and the prefixes have no address in common: correct one of them",
  );
});

Deno.test("a number or a share of targets, also of shards and after a resume", async () => {
  const blocked = prefixes("192.0.2.0/26");
  assertEquals((await targets({ maxTargets: { count: 10 } })).length, 10);
  assertEquals((await targets({ maxTargets: { share: 0.05 }, blocked })).length, 10);
  assertEquals((await targets({ maxTargets: { count: 1000 } })).length, 256);
  for (const count of [1, 5, 40, 77]) {
    const shards = 4;
    const options = { ...ONE, blocked, maxTargets: { count }, shards };
    let sum = 0;
    for (let shard = 0; shard < shards; shard++) {
      const once = await targets({ ...options, shard });
      const order = await openOrder({ ...options, shard });
      const first = some(order, 3);
      const rest = await targets({ ...options, shard, position: order.position });
      assertEquals([...first, ...rest], once);
      sum += once.length;
    }
    assertEquals(sum, count);
  }
});

Deno.test("an identity tells the targets of orders apart, whatever a blocklist leaves", async () => {
  const identity = async (options: Partial<OrderOptions>) =>
    (await openOrder({ ...ONE, ...options })).identity;
  const own = await identity({});
  assertEquals(await identity({ blocked: prefixes("192.0.2.0/25") }), own);
  assertEquals(await identity({ prefixes: ["192.0.2.128/25", "192.0.2.0/25"] }), own);
  const others: Partial<OrderOptions>[] = [
    { prefixes: ["192.0.3.0/24"] },
    { ports: [81] },
    { ports: [80, 443] },
    { allowed: prefixes("192.0.2.0/25") },
  ];
  for (const options of others) assertNotEquals(await identity(options), own);
});
