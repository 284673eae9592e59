import { assertEquals } from "@std/assert";
import type { FlowRecord } from "../../../src/contract/flow.ts";
import {
  back,
  dissect,
  drained,
  feed,
  flowTable,
  passedOver,
  RAW,
  single,
  there,
} from "../../data/dissect.ts";
import {
  A4,
  A6,
  ACK,
  B6,
  ethernet,
  FIN,
  type Frame,
  ip4,
  ip6,
  RST,
  SYN,
  tcp,
  UDP,
  udp,
} from "../../data/packets.ts";

/** Packets both ways of every flow. */
const counts = (flows: readonly FlowRecord[]) => flows.map((flow) => [flow.pkt_fwd, flow.pkt_rev]);
const after = (frames: readonly Frame[]) => counts(dissect(frames).flows);

Deno.test("forward is the direction of the first packet, whichever end is the lower one", () => {
  const first = dissect([there(0), back(1), back(2)]).flows[0]!;
  assertEquals([first.sip, first.dip, first.sp, first.dp], [
    "192.0.2.1",
    "198.51.100.7",
    40000,
    80,
  ]);
  assertEquals([first.pkt_fwd, first.pkt_rev, first.oct_fwd, first.oct_rev], [1, 2, 40, 80]);
  const second = dissect([back(0), there(1), there(2)]).flows[0]!;
  assertEquals([second.sip, second.dip, second.sp, second.dp], [
    "198.51.100.7",
    "192.0.2.1",
    80,
    40000,
  ]);
  assertEquals([second.pkt_fwd, second.pkt_rev, second.oct_fwd, second.oct_rev], [1, 2, 40, 80]);
});

Deno.test("IPv6 addresses that differ in any octet are told apart, in the right direction", () => {
  for (let i = 0; i < 16; i++) {
    for (const delta of [1, 255]) {
      const other = A6.with(i, (A6[i]! + delta) & 255);
      const frames = [
        single(ip6(tcp(), { source: A6, destination: other })),
        single(ip6(tcp({ source: 80, destination: 40000 }), { source: other, destination: A6 })),
        single(ip6(tcp(), { source: B6, destination: other })),
      ];
      const { flows } = dissect(frames, { link: RAW });
      assertEquals(counts(flows).sort(), [[1, 0], [1, 1]]);
      const flow = flows.find((flow) => flow.pkt_rev === 1)!;
      assertEquals([flow.sip, flow.sp, flow.dp], ["2001:db8::1", 40000, 80]);
    }
  }
});

Deno.test("equal addresses: the ports tell the direction", () => {
  const ip = { source: A4, destination: A4 };
  const [one, other] = [
    tcp({ source: 1000, destination: 2000 }),
    tcp({ source: 2000, destination: 1000 }),
  ];
  for (const [a, b] of [[one, other], [other, one]] as const) {
    const frames = [a, b, b].map((segment) => single(ethernet(ip4(segment, ip))));
    const { flows } = dissect(frames);
    assertEquals(counts(flows), [[1, 2]]);
    assertEquals(flows[0]?.sp, a === one ? 1000 : 2000);
  }
});

Deno.test("identical endpoints: one flow, all of it forward", () => {
  const data = ethernet(ip4(tcp({ source: 7, destination: 7 }), { source: A4, destination: A4 }));
  assertEquals(after([single(data), single(data)]), [[2, 0]]);
});

Deno.test("port, protocol and version make different flows", () => {
  const datagram = ip4(udp(new Uint8Array(), 40000, 80), { protocol: UDP });
  const frames = [
    there(0),
    there(0, { source: 40001 }),
    there(0, { destination: 81 }),
    there(0, { source: 80, destination: 40000 }),
    single(ethernet(datagram)),
    single(ethernet(ip6(tcp()))),
  ];
  assertEquals(after(frames), frames.map(() => [1, 0]));
});

Deno.test("a flow is over when it was idle for longer than the timeout, not at it", () => {
  // Anywhere in a tick of the wheel
  for (let i = 0; i < 40; i++) {
    const start = 1_700_000_000 + i * 0.017;
    assertEquals(after([there(start), back(start + 30)]), [[1, 1]]);
    assertEquals(after([there(start), back(start + 30.000_01)]), [[1, 0], [1, 0]]);
    assertEquals(after([there(start), back(start + 29), there(start + 59)]), [[2, 1]]);
  }
});

Deno.test("other packets' time ends idle flows too", () => {
  const table = flowTable();
  const other = (time: number) => there(time, { source: 9 });
  feed(table, [there(100), other(129.9), other(130)]);
  assertEquals(counts(drained(table)), []);
  feed(table, [other(131)]);
  assertEquals(counts(drained(table)), [[1, 0]]);
  table.flush();
  assertEquals(counts(drained(table)), [[3, 0]]);
});

Deno.test("time moves on without packets", () => {
  const table = flowTable();
  feed(table, [there(100)]);
  table.advance(130_000);
  assertEquals(drained(table).length, 0);
  table.advance(130_400);
  assertEquals(drained(table).length, 1);
});

const end = (time: number) => [
  there(time, { flags: FIN | ACK }),
  back(time, { flags: FIN | ACK }),
];

Deno.test("a complete flow takes late packets for the time it lingers, then a new one begins", () => {
  for (let i = 0; i < 40; i++) {
    const start = 1_700_000_000 + i * 0.013;
    assertEquals(after([...end(start), there(start + 5)]), [[2, 1]]);
    assertEquals(after([...end(start), there(start + 5.000_01)]), [[1, 1], [1, 0]]);
    // A late packet does not make it linger for longer
    assertEquals(after([...end(start), there(start + 4), there(start + 6)]), [[2, 1], [1, 0]]);
  }
});

Deno.test("FIN both ways completes a flow, one alone or twice the same way does not", () => {
  const fin = { flags: FIN | ACK };
  assertEquals(after([there(0, fin), back(1, fin), there(20)]), [[1, 1], [1, 0]]);
  assertEquals(after([back(0, fin), there(1, fin), there(20)]), [[1, 1], [1, 0]]);
  assertEquals(after([there(0, fin), there(1, fin), there(20)]), [[3, 0]]);
  assertEquals(after([there(0), back(0, fin), back(1, fin), there(20)]), [[2, 2]]);
});

Deno.test("a RST of either side completes a flow", () => {
  assertEquals(after([there(0, { flags: RST }), there(20)]), [[1, 0], [1, 0]]);
  assertEquals(after([there(0), back(1, { flags: RST | ACK }), there(20)]), [[1, 1], [1, 0]]);
  // A second one does not complete it again
  const rst = { flags: RST };
  assertEquals(after([there(0, rst), there(4, rst), there(4.5, rst), there(6)]), [[3, 0], [1, 0]]);
});

Deno.test("after completion another SYN is another connection, the same SYN is not", () => {
  const syn = (time: number, sequence: number) => there(time, { flags: SYN, sequence });
  const refused = [syn(0, 500), back(0, { flags: RST | ACK })];
  assertEquals(after([...refused, syn(1, 500)]), [[2, 1]]);
  assertEquals(after([...refused, syn(1, 501)]), [[1, 1], [1, 0]]);
  assertEquals(after([...refused, there(1, { flags: SYN | ACK, sequence: 501 })]), [[2, 1]]);
  assertEquals(after([...refused, there(1, { sequence: 501 })]), [[2, 1]]);
  // Before completion another SYN belongs to this connection, and the first one stays the first
  assertEquals(after([syn(0, 500), syn(1, 501)]), [[2, 0]]);
  const again = [syn(0, 500), syn(1, 501), back(1, { flags: RST | ACK })];
  assertEquals(after([...again, syn(2, 500)]), [[3, 1]]);
  // A connection of which no SYN was seen
  assertEquals(after([...end(0), syn(1, 500)]), [[1, 1], [1, 0]]);
});

Deno.test("the SYN of a connection is known also when its flow began the other way", () => {
  const syn = (time: number, sequence: number) => back(time, { flags: SYN, sequence });
  const refused = [there(0), syn(1, 700), there(1, { flags: RST | ACK })];
  assertEquals(after([...refused, syn(2, 700)]), [[2, 2]]);
  assertEquals(after([...refused, syn(2, 701)]), [[2, 1], [1, 0]]);
  // The capture began at the SYN-ACK: its number is not the SYN's
  const synAck = back(0, { flags: SYN | ACK, sequence: 9 });
  const ended = [synAck, there(0, { flags: RST })];
  assertEquals(after([...ended, there(1, { flags: SYN, sequence: 9 })]), [[1, 1], [1, 0]]);
});

Deno.test("time that goes backwards a little counts on, and first is the earliest", () => {
  const { flows } = dissect([there(100), there(98), back(99.5), there(101), there(97)]);
  assertEquals(counts(flows), [[4, 1]]);
  assertEquals([flows[0]?.pkt_first, flows[0]?.pkt_last], [97, 101]);
});

Deno.test("the first packet's time counts, also when it is 0", () => {
  const { flows: [flow] } = dissect([there(0), there(7)]);
  assertEquals([flow?.pkt_first, flow?.pkt_last], [0, 7]);
  const { flows: [alone] } = dissect([there(0)]);
  assertEquals([alone?.pkt_first, alone?.pkt_last], [0, 0]);
});

Deno.test("a leap in time ends everything before it, and ends well", () => {
  for (const leap of [31, 38.4, 100, 1e6, 2e9]) {
    const frames = [
      there(1000),
      there(1000, { source: 1 }),
      there(1000 + leap),
      there(1001 + leap),
    ];
    assertEquals(after(frames), [[1, 0], [1, 0], [2, 0]].sort(), `${leap}`);
  }
  const last = there(4_294_967_295.999_999);
  assertEquals(after([there(0), last, last]), [[1, 0], [2, 0]]);
});

Deno.test("a leap in time ends the flows of every slot of the wheel", () => {
  const table = flowTable();
  let time = 1000;
  for (let i = 0; i < 300; i++) {
    feed(table, [there(time, { source: i })]);
    time += 38.4 + i * 0.31;
    table.advance(time * 1000);
    assertEquals(drained(table).length, 1, `a leap to ${time}`);
  }
});

Deno.test("a flow of packets that come late ends in its time", () => {
  const table = flowTable({ idle: 10, linger: 30 });
  const other = (time: number) => there(time, { source: 1 });
  feed(table, [other(1000), there(985)]);
  assertEquals(drained(table).length, 0);
  feed(table, [other(1001)]);
  assertEquals(counts(drained(table)), [[1, 0]]);
});

Deno.test("a complete flow is written when it has lingered, not when it would be idle", () => {
  const table = flowTable();
  feed(table, [...end(10), there(15, { source: 1 })]);
  assertEquals(drained(table).length, 0);
  feed(table, [there(15.7, { source: 1 })]);
  assertEquals(counts(drained(table)), [[1, 1]]);
});

Deno.test("one stamp from the future does not stop the timers", () => {
  const table = flowTable();
  feed(table, [there(1000, { source: 1 }), there(4e9, { source: 2 })]);
  assertEquals(drained(table).length, 1);
  const later = Array.from({ length: 300 }, (_, i) => there(1001 + i, { source: 1000 + i }));
  feed(table, later);
  const ended = drained(table).map((flow) => flow.sp);
  assertEquals(ended, later.slice(0, 269).map((_, i) => 1000 + i));
  table.flush();
  assertEquals(drained(table).length, 300 - 269 + 1);
});

Deno.test("a clock that is set back and forth ends every flow once", () => {
  const table = flowTable({ idle: 3, linger: 1 });
  let time = 1_700_000_000;
  let ended = 0;
  for (let i = 0; i < 20_000; i++) {
    time += [0.001, -0.0005, 0.5, -2, 100, -100, 3600, -3600, 39, -39][(i * 7919) % 10]!;
    feed(table, [there(time, { source: 1 + i % 500, flags: i % 3 ? ACK : RST })]);
    ended += drained(table).reduce((sum, flow) => sum + flow.pkt_fwd, 0);
  }
  table.flush();
  ended += drained(table).reduce((sum, flow) => sum + flow.pkt_fwd, 0);
  assertEquals(ended, 20_000);
});

Deno.test("timeouts of 0 and of months", () => {
  const zero = { idle: 0, linger: 0 };
  assertEquals(counts(dissect([there(5), there(5), there(6)], zero).flows), [[2, 0], [1, 0]]);
  const long = { idle: 1e7, linger: 1e7 };
  assertEquals(counts(dissect([there(5), there(1e7 + 5)], long).flows), [[2, 0]]);
  assertEquals(counts(dissect([there(5), there(1e7 + 6)], long).flows), [[1, 0], [1, 0]]);
  const lingering = { idle: 1, linger: 300 };
  assertEquals(counts(dissect([...end(5), there(305)], lingering).flows), [[2, 1]]);
});

Deno.test("flush ends every flow, and the table goes on", () => {
  const table = flowTable();
  feed(table, [there(0), there(0, { source: 5 })]);
  table.flush();
  assertEquals(drained(table).length, 2);
  table.flush();
  assertEquals(drained(table).length, 0);
  feed(table, [back(1)]);
  table.flush();
  assertEquals(counts(drained(table)), [[1, 0]]);
  assertEquals(table.stats().flows, 3);
  assertEquals(passedOver(table), {});
});

Deno.test("where a capture begins with a SYN-ACK, its receiver is the client", () => {
  const answer = back(1, { flags: SYN | ACK });
  const { flows } = dissect([answer, there(2, { flags: ACK }), back(3, { flags: ACK })]);
  assertEquals(
    flows.map((flow) => [flow.sip, flow.sp, flow.pkt_fwd, flow.pkt_rev, flow.tcp_synflags_rev]),
    [["192.0.2.1", 40000, 1, 2, SYN | ACK]],
  );
  // Any other packet says nothing about who began
  assertEquals(dissect([back(1, { flags: ACK })]).flows.map(({ sip }) => sip), ["198.51.100.7"]);
});

Deno.test("a capture's times are those of its earliest and its latest packet", () => {
  const table = flowTable();
  assertEquals([table.firstTime, table.lastTime], [null, null]);
  feed(table, [there(5), there(3), there(4)]);
  assertEquals([table.firstTime, table.lastTime], [3, 5]);
});
