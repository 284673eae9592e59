import { assert, assertEquals, assertNotEquals } from "@std/assert";
import type { FlowTable } from "../../../src/observe/flow_table.ts";
import { back, drained, feed, flowTable, passedOver, recordOf, there } from "../../data/dissect.ts";
import {
  A4,
  A6,
  ACK,
  ethernet,
  FIN,
  ICMP,
  icmpError,
  ip4,
  ip6,
  RST,
  SYN,
  TCP,
  tcp,
  UDP,
} from "../../data/packets.ts";
import { STARTING } from "../../data/starting.ts";

const local = { address: "192.0.2.1", port: 40000 };
const remote = { address: "198.51.100.7", port: 80 };
const port = (port: number) => ({ ...local, port });

function watching(): FlowTable {
  return flowTable({ expectedOnly: true });
}

const refused = (time: number, source = 40000, sequence = 1000) => [
  there(time, { source, sequence, flags: SYN }),
  back(time, { destination: source, flags: RST | ACK, acknowledgment: sequence + 1 }),
];

Deno.test("an expected flow is reported when it is complete, and gives its record", () => {
  const table = watching();
  const flow = table.expect(local, remote, TCP);
  assertNotEquals(flow, 0);
  assertEquals(table.nextReady(), 0);
  feed(table, [there(1, { flags: SYN })]);
  assertEquals(table.nextReady(), 0);
  assertEquals(recordOf(table, flow).pkt_fwd, 1);
  feed(table, [back(2, { flags: RST | ACK })]);
  assertEquals([table.nextReady(), table.nextReady()], [flow, 0]);
  const record = recordOf(table, flow);
  assertEquals([record.sip, record.dip, record.sp, record.dp], [
    "192.0.2.1",
    "198.51.100.7",
    40000,
    80,
  ]);
  assertEquals([record.pkt_fwd, record.pkt_rev, record.tcp_rst_rev], [1, 1, true]);
  table.release(flow);
  assertEquals(drained(table), []);
});

Deno.test("forward is from the local end, also when the other's packet comes first", () => {
  for (const [from, to] of [[local, remote], [remote, local]] as const) {
    const table = watching();
    const flow = table.expect(from, to, TCP);
    feed(table, [back(1), there(2), back(3)]);
    const record = recordOf(table, flow);
    assertEquals(record.sip, from.address);
    assertEquals([record.pkt_fwd, record.pkt_rev], from === local ? [1, 2] : [2, 1]);
  }
});

Deno.test("expected flows of IPv6", () => {
  const table = watching();
  const flow = table.expect({ address: "2001:db8::1", port: 40000 }, {
    address: "2001:db8:1::2",
    port: 80,
  }, TCP);
  feed(table, [{ time: 1, data: ethernet(ip6(tcp(), { source: A6 })) }]);
  assertEquals(recordOf(table, flow).oct_fwd, 60);
});

Deno.test("an expected flow that was not seen has its starting values", () => {
  const table = watching();
  const flow = table.expect(local, remote, TCP);
  const { sip, dip, proto, sp, dp, ...rest } = recordOf(table, flow);
  assertEquals([sip, dip, proto, sp, dp], ["192.0.2.1", "198.51.100.7", 6, 40000, 80]);
  assertEquals(rest, {
    pkt_first: 0,
    pkt_last: 0,
    pkt_fwd: 0,
    pkt_rev: 0,
    oct_fwd: 0,
    oct_rev: 0,
    ...STARTING,
  });
});

Deno.test("a place in the table that was used before begins with the same values", () => {
  const table = watching();
  const first = table.expect(local, remote, TCP);
  const before = recordOf(table, first);
  const frames = [
    there(1, { flags: SYN | FIN }, { tos: 1 }),
    back(2, { flags: SYN | ACK }, { tos: 3 }),
    there(3, { flags: FIN | ACK }, { tos: 2 }),
    back(4, { flags: FIN | RST }, { tos: 3 }),
  ];
  feed(table, frames);
  assertEquals(table.nextReady(), first);
  assertNotEquals(recordOf(table, first), before);
  table.release(first);
  feed(table, [there(100, { source: 1 })]);
  const second = table.expect(local, remote, TCP);
  assertEquals(second, first, "the place is used again");
  assertEquals(recordOf(table, second), before);
});

Deno.test("with expectedOnly other flows are passed over and counted", () => {
  const table = watching();
  const flow = table.expect(local, remote, TCP);
  feed(table, [there(1), there(1, { source: 1 }), back(2), there(3, { destination: 1 })]);
  table.flush();
  assertEquals(drained(table), []);
  assertEquals(passedOver(table), { unexpected: 2 });
  assertEquals(recordOf(table, flow).pkt_fwd, 1);
  assertEquals(table.stats().flows, 1);
});

Deno.test("without expectedOnly other flows are records as ever", () => {
  const table = flowTable();
  const flow = table.expect(local, remote, TCP);
  feed(table, [there(1), there(1, { source: 1 }), back(2)]);
  table.flush();
  assertEquals(drained(table).map((flow) => flow.sp), [1]);
  assertEquals([recordOf(table, flow).pkt_fwd, recordOf(table, flow).pkt_rev], [1, 1]);
});

Deno.test("no timer and no flush ends an expected flow", () => {
  const table = watching();
  const flow = table.expect(local, remote, TCP);
  feed(table, [there(1), there(100_000, { source: 1 })]);
  table.advance(200_000_000);
  table.flush();
  feed(table, [back(300_000), ...refused(300_001)]);
  table.advance(900_000_000);
  assertEquals(table.nextReady(), flow);
  assertEquals([recordOf(table, flow).pkt_fwd, recordOf(table, flow).pkt_rev], [2, 2]);
});

Deno.test("a flow is not expected twice at the same time, in neither direction", () => {
  const table = watching();
  assertNotEquals(table.expect(local, remote, TCP), 0);
  assertEquals(table.expect(local, remote, TCP), 0);
  assertEquals(table.expect(remote, local, TCP), 0);
  assertNotEquals(table.expect(local, remote, UDP), 0);
  assertNotEquals(table.expect(port(1), remote, TCP), 0);
});

Deno.test("late packets of a released flow are swallowed while it lingers", () => {
  const table = flowTable();
  const flow = table.expect(local, remote, TCP);
  feed(table, refused(10));
  table.release(table.nextReady());
  assertEquals(flow === 0, false);
  feed(table, [there(12), back(15)]);
  assertEquals(passedOver(table), { late: 2 });
  feed(table, [there(15.1)]);
  table.flush();
  assertEquals(drained(table).map((flow) => [flow.pkt_first, flow.pkt_fwd]), [[15.1, 1]]);
  assertEquals(passedOver(table), { late: 2 });
});

Deno.test("a flow that is released long after its end lingers from then on", () => {
  const table = flowTable();
  table.expect(local, remote, TCP);
  feed(table, [...refused(10), there(20, { source: 1 })]);
  table.release(table.nextReady());
  feed(table, [there(24.9)]);
  assertEquals(passedOver(table), { late: 1 });
  feed(table, [there(25.1)]);
  assertEquals(passedOver(table), { late: 1 });
  table.flush();
  assertEquals(drained(table).map((flow) => flow.sp).sort(), [1, 40000]);
});

Deno.test("an error that quotes an expected flow counts to it, after its release it is late", () => {
  const table = watching();
  const flow = table.expect(local, remote, TCP);
  const error = ethernet(
    ip4(icmpError(3, 1, ip4(tcp())), {
      protocol: ICMP,
      source: [203, 0, 113, 9],
      destination: A4,
    }),
  );
  feed(table, [{ time: 1, data: error }]);
  assertEquals([recordOf(table, flow).pkt_fwd, recordOf(table, flow).pkt_rev], [0, 1]);
  table.release(flow);
  feed(table, [{ time: 2, data: error }]);
  assertEquals(passedOver(table), { late: 1 });
});

Deno.test("a flow may be released before it is complete", () => {
  const table = watching();
  const flow = table.expect(local, remote, TCP);
  feed(table, [there(10, { flags: SYN })]);
  table.release(flow);
  feed(table, [back(11, { flags: RST | ACK })]);
  assertEquals([table.nextReady(), passedOver(table)], [0, { late: 1 }]);
});

Deno.test("the same 5-tuple may be expected again after its release", () => {
  for (const wait of [0, 1, 100]) {
    const table = watching();
    let time = 1000;
    for (let round = 0; round < 20; round++) {
      const flow = table.expect(local, remote, TCP);
      assertNotEquals(flow, 0);
      const sequence = 1000 + round;
      feed(table, [
        ...refused(time, 40000, sequence),
        back(time, { acknowledgment: sequence + 1 }),
      ]);
      assertEquals(table.nextReady(), flow);
      const record = recordOf(table, flow);
      assertEquals([record.pkt_first, record.pkt_fwd, record.pkt_rev], [time, 1, 2]);
      table.release(flow);
      time += wait;
    }
    assertEquals(passedOver(table), {});
  }
});

Deno.test("expecting a flow that is in the table already ends what was there", () => {
  const table = flowTable();
  feed(table, [there(1), there(1)]);
  const flow = table.expect(local, remote, TCP);
  feed(table, refused(2));
  assertEquals(table.nextReady(), flow);
  assertEquals(recordOf(table, flow).pkt_fwd, 1);
  assertEquals(drained(table).map((flow) => flow.pkt_fwd), [2]);
  table.release(flow);
  // The same for one that is complete and lingers
  feed(table, refused(20));
  const next = table.expect(local, remote, TCP);
  feed(table, refused(20));
  assertEquals([table.nextReady(), recordOf(table, next).pkt_fwd], [next, 1]);
  assertEquals(drained(table).map((flow) => [flow.pkt_fwd, flow.pkt_rev]), [[1, 1]]);
});

Deno.test("complete flows may be released without asking which are ready, in any order", () => {
  const orders = [[0, 1, 2, 3], [3, 2, 1, 0], [1, 2], [0, 3], [2], [0], [3], [1, 3, 0]];
  for (const order of orders) {
    const table = watching();
    const flows = [0, 1, 2, 3].map((i) => table.expect(port(100 + i), remote, TCP));
    feed(table, [0, 1, 2, 3].flatMap((i) => refused(10, 100 + i)));
    for (const i of order) table.release(flows[i]!);
    // The queue continues, and released flows leave in time
    const more = table.expect(port(900), remote, TCP);
    feed(table, refused(11, 900));
    const left = flows.filter((_, i) => !order.includes(i));
    for (const flow of [...left, more, 0]) assertEquals(table.nextReady(), flow, `${order}`);
    table.advance(60_000);
    feed(table, [there(61, { source: 100 })]);
    assertEquals(passedOver(table), order.includes(0) ? { unexpected: 1 } : {});
    for (const flow of left) assertEquals(recordOf(table, flow).pkt_rev, 1);
  }
});

Deno.test("to release a flow twice changes nothing", () => {
  const table = watching();
  const [one, other] = [table.expect(port(1), remote, TCP), table.expect(port(2), remote, TCP)];
  table.release(one);
  table.release(one);
  table.release(other);
  table.release(one);
  table.advance(60_000);
  table.flush();
  const again = [5, 6, 7].map((i) => table.expect(port(i), remote, TCP));
  assertEquals(new Set(again).size, 3);
  assertEquals(table.nextReady(), 0);
  assertEquals(drained(table), []);
});

Deno.test("many expected flows, completed and released in another order than they came", () => {
  const FLOWS = 20_000;
  const table = watching();
  const flows = Array.from(
    { length: FLOWS },
    (_, i) => table.expect(port(10_000 + i), remote, TCP),
  );
  assertEquals(new Set(flows).size, FLOWS);
  const order = Array.from({ length: FLOWS }, (_, i) => (i * 7919) % FLOWS);
  feed(table, order.flatMap((i) => refused(10 + i / FLOWS, 10_000 + i)), undefined, 1000);
  for (const i of order) {
    const flow = table.nextReady();
    assertEquals(flow, flows[i]);
    const record = table.record(flow);
    assert(record.includes(`"sp":${10_000 + i},`), record);
    table.release(flow);
  }
  assertEquals(table.nextReady(), 0);
  table.flush();
  assertEquals([drained(table), passedOver(table)], [[], {}]);
});

Deno.test("a single packet is complete with its first answer, a connection is not", () => {
  for (const one of [false, true]) {
    const table = watching();
    const flow = table.expect(local, remote, TCP, { one });
    feed(table, [there(1, { flags: SYN })]);
    assertEquals(table.nextReady(), 0);
    feed(table, [back(2, { flags: SYN | ACK })]);
    assertEquals(table.nextReady(), one ? flow : 0);
    assertEquals(recordOf(table, flow).pkt_rev, 1);
  }
});

Deno.test("an error that is not the end does not complete a single packet", () => {
  const table = watching();
  const flow = table.expect(local, remote, TCP, { one: true });
  const syn = tcp({ flags: SYN });
  // A redirect: the packet goes on
  const redirect = icmpError(5, 1, ip4(syn));
  feed(table, [
    there(1, { flags: SYN }),
    { time: 2, data: ethernet(ip4(redirect, { protocol: ICMP, destination: A4 })) },
  ]);
  assertEquals(recordOf(table, flow).pkt_rev, 1);
  assertEquals(table.nextReady(), 0);
});
