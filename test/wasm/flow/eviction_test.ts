import { assert, assertEquals } from "@std/assert";
import { back, drained, feed, flowTable, passedOver, there } from "../../data/dissect.ts";
import { ACK, RST, SYN, TCP, UDP } from "../../data/packets.ts";
import { random } from "../../data/random.ts";

const remote = { address: "198.51.100.7", port: 80 };
const local = (port: number) => ({ address: "192.0.2.1", port });
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

Deno.test("a full table evicts the flows that were idle for longest, and counts them", () => {
  const table = flowTable({ maxFlows: 100 });
  feed(table, range(0, 1000).map((i) => there(1000 + i / 4, { source: i })));
  const left = drained(table).map((flow) => flow.sp);
  // Those that timed out and those that had to go, in their order
  assertEquals(left, range(0, 900));
  const { flows, evicted, not_stored } = table.stats();
  assertEquals([flows, not_stored], [1000, 0]);
  // 30 s are 120 flows here, so that all left before their time
  assertEquals(evicted, 900);
  table.flush();
  assertEquals(drained(table).length, 100);
});

Deno.test("a flow that goes on stays, however old it is", () => {
  const table = flowTable({ maxFlows: 50 });
  for (let i = 0; i < 500; i++) {
    feed(table, [there(1000 + i / 2, { source: 9 }), there(1000 + i / 2, { source: 1000 + i })]);
  }
  table.flush();
  const long = drained(table).filter((flow) => flow.sp === 9);
  assertEquals(long.map((flow) => flow.pkt_fwd), [500]);
});

Deno.test("what is complete goes before what is idle", () => {
  const table = flowTable({ maxFlows: 10 });
  feed(table, range(0, 9).map((i) => there(1000, { source: i })));
  feed(table, [there(1001, { source: 99, flags: RST }), there(1002, { source: 100 })]);
  assertEquals(drained(table).map((flow) => flow.sp), [99]);
  feed(table, [there(1002, { source: 101 })]);
  assertEquals(drained(table).length, 1);
});

Deno.test("an expected flow is never evicted, and when all are expected nothing is stored", () => {
  const table = flowTable({ maxFlows: 20 });
  const expected = range(0, 10).map((i) => table.expect(local(i), remote, TCP));
  feed(table, range(100, 200).map((i) => there(1000 + i, { source: i })));
  for (const flow of expected) assert(table.record(flow).includes('"pkt_fwd":0'));
  const more = range(10, 20).map((i) => table.expect(local(i), remote, TCP));
  assert(more.every((flow) => flow !== 0));
  assertEquals(table.expect(local(77), remote, TCP), 0);
  drained(table);
  const before = table.stats().evicted;
  feed(table, [there(2000, { source: 300 }), there(2000, { source: 5 })]);
  assertEquals([table.stats().not_stored, table.stats().evicted], [1, before]);
  assert(table.record(expected[5]!).includes('"pkt_fwd":1'));
  // One that is complete is still expected; one that was released makes room, and has no record
  feed(table, [there(2000, { source: 6, flags: RST }), there(2000, { source: 301 })]);
  assertEquals(table.stats().not_stored, 2);
  table.release(expected[6]!);
  feed(table, [there(2000, { source: 302 })]);
  assertEquals(table.stats().not_stored, 2);
  table.flush();
  assertEquals(drained(table).map((flow) => flow.sp), [302]);
});

Deno.test("a flow whose port is used again makes its own room in a full table", () => {
  const table = flowTable({ maxFlows: 2 });
  feed(table, [there(1, { source: 1 }), there(1, { source: 2 })]);
  for (let i = 0; i < 50; i++) {
    feed(table, [
      there(2, { source: 2, flags: SYN, sequence: 1 + i }),
      back(2, { destination: 2, flags: RST | ACK }),
    ]);
  }
  assertEquals(passedOver(table), {});
  assertEquals(table.stats().flows, 51);
});

Deno.test("a table of one flow", () => {
  const table = flowTable({ maxFlows: 1 });
  feed(table, range(0, 100).map((i) => there(1, { source: i })));
  assertEquals(drained(table).map((flow) => flow.sp), range(0, 99));
});

Deno.test("time that leaps about, in a full table: every packet is in one record", () => {
  const next = random(5);
  const table = flowTable({ maxFlows: 64, idle: 3, linger: 1 });
  let time = 1_700_000_000;
  let packets = 0;
  for (let i = 0; i < 40_000; i++) {
    time += [0.001, 0, 0.25, -0.5, 3.5, -100, 1000][next(400)] ?? 0.001;
    const frame = { source: next(next(4) === 0 ? 5000 : 60), flags: next(9) === 0 ? RST : ACK };
    feed(table, [there(time, frame)]);
    if (next(50) === 0) packets += drained(table).reduce((sum, flow) => sum + flow.pkt_fwd, 0);
  }
  table.flush();
  packets += drained(table).reduce((sum, flow) => sum + flow.pkt_fwd, 0);
  assertEquals(packets, 40_000);
  assert(table.stats().evicted! > 1000);
  assertEquals(table.stats().not_stored, 0);
});

Deno.test("when memory cannot grow the oldest flows leave, and none is lost", () => {
  // Nearly all that can be addressed goes to the input, of which only the beginning is used
  const table = flowTable({ input: 0xffff_0000 - (24 << 20), chains: ["basic"] });
  const BATCH = 4096;
  let left = 0;
  for (let i = 0; i < 300_000; i += BATCH) {
    const time = 1000 + i / BATCH / 100;
    feed(
      table,
      range(i, i + BATCH).map((i) => there(time, { source: i & 65535, destination: i >> 16 })),
    );
    left += drained(table).length;
  }
  const { flows, evicted, not_stored } = table.stats();
  assertEquals([flows, not_stored], [Math.ceil(300_000 / BATCH) * BATCH, 0]);
  assert(evicted! > 50_000 && evicted === left, `${evicted} of ${flows}`);
  table.flush();
  assertEquals(left + drained(table).length, flows);
  assert(table.expect(local(1), remote, UDP) !== 0);
});
