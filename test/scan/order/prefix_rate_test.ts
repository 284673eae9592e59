import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { openOrder } from "../../../src/scan/order/order.ts";
import { PrefixRate } from "../../../src/scan/order/prefix_rate.ts";
import { SetAside } from "../../../src/scan/order/set_aside.ts";
import { ROW } from "../../../src/scan/target_row.ts";
import { some } from "./targets.ts";

/** Everything that an order hands out, with the time of each: time passes when there is nothing else. */
async function timed(
  options: Omit<Parameters<typeof openOrder>[0], "seed" | "now">,
): Promise<{ readonly sent: [target: string, at: number][]; readonly bounded: number }> {
  let now = 1000;
  const order = await openOrder({ ...options, seed: "s", now: () => now });
  const sent: [string, number][] = [];
  while (!order.ended) {
    for (const target of some(order, 100)) sent.push([target, now]);
    const wait = order.wait();
    if (wait !== Infinity) now += wait;
  }
  return { sent, bounded: order.bounded };
}

/** The prefix that is bounded, of an IPv4 target or an IPv6 one without zeros in its first groups. */
function prefixOf(target: string): string {
  return target.includes(".") ? target.split(".", 3).join(".") : target.split(":", 3).join(":");
}

Deno.test("targets of a /24 or a /48 are as far apart as the bound says, and none is lost", async () => {
  const { sent, bounded } = await timed({
    prefixes: ["192.0.2.0/24", "198.51.100.0/25", "2001:db8:1::/120", "2001:db8:2:ffff::/122"],
    ports: [80, 443],
    prefixRate: 4,
  });
  assertEquals(sent.length, 2 * (256 + 128 + 256 + 64));
  assertEquals(new Set(sent.map(([target]) => target)).size, sent.length);
  assert(bounded > 0);
  const last = new Map<string, number>();
  for (const [target, at] of sent) {
    const prefix = prefixOf(target);
    const before = last.get(prefix);
    assert(before === undefined || at - before > 249.999, `${target} ${at - before!} ms later`);
    last.set(prefix, at);
  }
  // The largest prefix decides how long it takes: nothing waits without need
  assert(Math.abs(Math.max(...last.values()) - 1000 - 511 * 250) < 1);
});

Deno.test("more targets than can be set aside wait in their order", async () => {
  const { sent } = await timed({
    prefixes: ["192.0.2.0/25"],
    ports: ports(1024),
    prefixRate: 1000,
  });
  assertEquals(new Set(sent.map(([target]) => target)).size, 128 * 1024);
  for (let i = 1; i < sent.length; i++) assert(sent[i]![1] - sent[i - 1]![1] > 0.999);
});

function ports(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i + 1);
}

Deno.test("an order that goes on after targets were set aside loses none of them", async () => {
  const options = { prefixes: ["192.0.2.0/24", "198.51.100.0/24"], ports: [80], seed: "s" };
  let now = 0;
  const bounded = { ...options, prefixRate: 10, now: () => now };
  const order = await openOrder(bounded);
  const before = some(order, 40);
  now += 350;
  before.push(...some(order, 40));
  assert(order.bounded > 0 && before.length < 80);
  const rest = await openOrder({ ...options, position: order.position });
  const after: string[] = [];
  while (!rest.ended) after.push(...some(rest, 64));
  assertEquals(new Set([...before, ...after]).size, 512);
  // What was set aside first keeps the position from going beyond it
  assert(order.position < 40 && before.length + after.length > 512);
});

Deno.test("targets of other prefixes do not wait for each other", () => {
  const rate = new PrefixRate(1);
  const rows = new DataView(new ArrayBuffer(ROW));
  rows.setUint32(8, 0xffff);
  let late = 0;
  for (let prefix = 0; prefix < 10_000; prefix++) {
    rows.setUint32(12, prefix << 8 | 7);
    if (rate.due(rows, 0, 1000) > 1000) late++;
  }
  assert(late < 20, `${late} share both counters with others`);
  rows.setUint32(12, 5 << 8 | 9);
  assertEquals(rate.due(rows, 0, 1000), 2000);
  assertEquals(rate.due(rows, 0, 1000), 3000);
  assertEquals(rate.due(rows, 0, 9000), 9000);
});

Deno.test("what was set aside comes out when it is due, and the step of the first is known", () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.nat(50)), { maxLength: 300 }), (turns) => {
      const aside = new SetAside();
      let waiting: { step: number; due: number }[] = [];
      let step = 0;
      for (const due of turns) {
        if (due !== null) {
          const row = new Uint8Array(ROW);
          new DataView(row.buffer).setUint32(0, ++step);
          aside.add(row, step, due);
          waiting.push({ step, due });
        } else if (waiting.length > 0) {
          const least = Math.min(...waiting.map(({ due }) => due));
          assertEquals(aside.nextDue, least);
          const row = aside.take();
          const taken = new DataView(row.buffer, row.byteOffset).getUint32(0);
          assertEquals(waiting.find(({ step }) => step === taken)?.due, least);
          waiting = waiting.filter(({ step }) => step !== taken);
        }
        assertEquals(aside.size, waiting.length);
        assertEquals(aside.firstStep, waiting[0]?.step ?? null);
        if (waiting.length === 0) assertEquals(aside.nextDue, Infinity);
      }
    }),
  );
});

Deno.test("there is room for a bounded number, which comes back when the first has gone", () => {
  const aside = new SetAside();
  const row = new Uint8Array(ROW);
  const room = aside.room;
  for (let i = 0; i < room; i++) aside.add(row, i, i === 0 ? 5 : i < 10 ? 1 : 9);
  assertEquals(aside.room, 0);
  for (let i = 1; i < 10; i++) aside.take();
  assertEquals([aside.room, aside.firstStep], [0, 0]);
  aside.take();
  assertEquals([aside.room, aside.firstStep, aside.size], [10, 10, room - 10]);
});
