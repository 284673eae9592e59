import { assert, assertEquals, assertMatch, assertNotEquals, assertThrows } from "@std/assert";
import { Failure } from "../../src/host/failure.ts";
import { back, drained, ETHERNET, feed, flowTable, there } from "../data/dissect.ts";
import { LINKS } from "../data/mutants.ts";
import { records, TCP } from "../data/packets.ts";

Deno.test("a flow table without the chain, or without the memory, is a failure that says so", () => {
  assertThrows(() => flowTable({ chains: ["nothing"] }), Failure, "there is no chain nothing");
  for (const input of [0xffff_fff0, 0xfff0_0000, 0xfffe_0000]) {
    assertThrows(() => flowTable({ input }), Failure, "out of memory");
  }
});

Deno.test("link types that can be read, and one that cannot", () => {
  const table = flowTable();
  for (const type of LINKS) table.checkLink(type);
  for (const type of [2, 8, 52, 106, 189, 227, 230, 277, -1]) {
    const error = assertThrows(() => table.checkLink(type), Failure);
    assertMatch(error.message, /^packets of link type .* cannot be read: what can is /);
  }
  const { message } = assertThrows(() => table.checkLink(189), Failure);
  assertMatch(message, /^packets of link type USB_LINUX \(189\) cannot/);
});

Deno.test("the input stays good while memory grows", () => {
  const table = flowTable({ input: 1 << 16 });
  const before = table.input(1);
  const after = table.input(500_000);
  assertEquals([before.length, after.length], [0, 1 << 16], "the old view is void");
  assertEquals(table.input(500_000), after);
  feed(table, [there(1)]);
  table.flush();
  assertEquals(drained(table).length, 1);
});

Deno.test("flows and records outlive the growth of memory", () => {
  const table = flowTable();
  const flow = table.expect({ address: "192.0.2.1", port: 40000 }, {
    address: "198.51.100.7",
    port: 80,
  }, TCP);
  feed(table, [there(1), there(1, { source: 2 })]);
  table.input(1_000_000);
  feed(table, [back(2), there(2, { source: 2 })]);
  assert(table.record(flow).includes('"pkt_fwd":1,"pkt_rev":1,'));
  table.flush();
  assertEquals(drained(table).map((flow) => flow.pkt_fwd), [2]);
});

Deno.test("each table has flows of its own", () => {
  const [one, other] = [flowTable(), flowTable()];
  feed(one, [there(1)]);
  feed(other, [back(2)]);
  one.flush();
  other.flush();
  assertEquals(drained(one).map((flow) => flow.sp), [40000]);
  assertEquals(drained(other).map((flow) => flow.sp), [80]);
  assertEquals([one.stats().packets, other.stats().packets], [1, 1]);
});

Deno.test("a record that was cut in the buffer is left, what came before it was read", () => {
  const data = records([there(1), there(2)]);
  for (const octets of [0, 1, 15, 16, 17, data.length / 2, data.length - 1]) {
    const table = flowTable();
    table.input(2).set(data);
    table.dissect(octets, ETHERNET, 1);
    assertEquals(table.stats().packets, octets < data.length / 2 ? 0 : 1, `${octets}`);
  }
});

Deno.test("a record that says it holds more than the buffer is left", () => {
  for (const captured of [1000, 0x7fff_ffff, 0xffff_fff0, 0xffff_ffff]) {
    const table = flowTable();
    const data = records([there(1)]);
    new DataView(data.buffer).setUint32(8, captured, true);
    table.input(1).set(data);
    table.dissect(data.length, ETHERNET, 1);
    assertEquals(table.stats().packets, 0);
  }
  const table = flowTable({ input: 1 << 12 });
  table.dissect(0xffff_ffff, ETHERNET, 1);
  assertEquals(table.stats().packets, (1 << 12) / 16, "no more than the buffer is read");
});

Deno.test("counters by name", () => {
  const table = flowTable();
  assertEquals(Object.values(table.stats()).every((count) => count === 0), true);
  const frame = there(1);
  feed(table, [frame, { ...frame, wire: 1500 }]);
  const { packets, octets, flows } = table.stats();
  assertEquals([packets, octets, flows], [2, frame.data.length + 1500, 1]);
  assertNotEquals(table.stats().not_stored, undefined);
});
