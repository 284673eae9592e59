import { assert, assertEquals } from "@std/assert";
import type { Chain } from "../../src/mod.ts";
import { drainedText, feed, flowTable, there } from "../data/dissect.ts";
import { ethernet, type Frame, ip4, SYN, tcp } from "../data/packets.ts";
import { random } from "../data/random.ts";

/** Ignores some flows and completes some, by what the packets say. */
const answering = {
  name: "answering",
  fields: { own: { type: "integer", summary: "packets", initial: 0 } },
  newFlow: (_rec, ip) => ip.payload[7]! % 5 !== 0,
  ip4: (rec) => void rec.own++,
  tcp: (_rec, tcp) => tcp.sequence % 7 !== 3,
} satisfies Chain<{ own: number }>;

Deno.test("in a full table too, every answer counts from its packet on", () => {
  for (let seed = 1; seed <= 6; seed++) {
    const next = random(seed);
    let time = 1_700_000_000;
    const packets = Array.from({ length: 4000 }, () => {
      time += [0.4, 2][next(40)] ?? 0.01;
      return there(time, { source: 1000 + next(60), sequence: next(50) });
    });
    const run = (batch: number) => {
      const table = flowTable({ chains: ["basic", "tcp", answering], maxFlows: 16 });
      feed(table, packets, 1, batch);
      table.flush();
      return { text: drainedText(table).split("\n").sort(), stats: table.stats() };
    };
    const single = run(1);
    for (const batch of [7, 64, 4000]) assertEquals(run(batch), single, `seed ${seed}`);
    assert(single.stats.evicted! > 100 && single.stats.ignored! > 100);
  }
});

Deno.test("fragments of ignored flows are ignored, wherever batches end", () => {
  const frames: Frame[] = [];
  for (let i = 0; i < 200; i++) {
    const time = 1_700_000_000 + i / 100;
    const id = 1 + i;
    const whole = tcp({ source: 1000 + i % 20, sequence: i % 20, payload: new Uint8Array(40) });
    const [first, later] = [whole.slice(0, 40), whole.slice(40)];
    frames.push({ time, data: ethernet(ip4(first, { id, fragment: 0x2000 })) });
    frames.push({ time, data: ethernet(ip4(later, { id, fragment: 5 })) });
  }
  const run = (batch: number) => {
    const table = flowTable({ chains: ["basic", answering] });
    feed(table, frames, 1, batch);
    table.flush();
    return { text: drainedText(table).split("\n").sort(), stats: table.stats() };
  };
  const single = run(1);
  assert(single.stats.ignored! > 0 && single.stats.fragments_joined! > 0);
  for (const batch of [2, 7, 400]) assertEquals(run(batch), single);
});

Deno.test("a flow above 2 GB of memory that is expected has its fields of a chain in JavaScript", () => {
  const table = flowTable({ chains: ["basic", answering], input: 0x9000_0000, expectedOnly: true });
  const flow = table.expect(
    { address: "192.0.2.1", port: 40000 },
    { address: "198.51.100.7", port: 80 },
    6,
  );
  feed(table, [
    there(1_700_000_000, { sequence: 1 }),
    there(1_700_000_000, { sequence: 3 }),
  ]);
  assertEquals(JSON.parse(table.record(flow)).own, 2);
  assertEquals(table.nextReady(), flow);
});

Deno.test("the record of an expected flow that is ignored says nothing of it, wherever batches end", () => {
  const local = { address: "192.0.2.1", port: 40000 };
  const remote = { address: "198.51.100.7", port: 80 };
  for (const batch of [1, 2]) {
    const table = flowTable({ chains: ["basic", "tcp", answering], expectedOnly: true });
    const flow = table.expect(local, remote, 6);
    const syn = { sequence: 5, flags: SYN };
    feed(table, [there(1_700_000_000, syn), there(1_700_000_001, syn)], 1, batch);
    const { pkt_fwd, oct_fwd, tcp_synflags_fwd, own } = JSON.parse(table.record(flow));
    assertEquals([pkt_fwd, oct_fwd, tcp_synflags_fwd, own], [0, 0, null, 0]);
    assertEquals([table.nextReady(), table.nextReady()], [flow, 0]);
    table.release(flow);
    table.flush();
    assertEquals([table.stats().ignored, table.stats().flows], [2, 0]);
  }
});
