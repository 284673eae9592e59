import { assertEquals } from "@std/assert";
import { dissect, drained, feed, flowTable, recordOf, there } from "../../data/dissect.ts";
import {
  A4,
  A6,
  B4,
  B6,
  be16,
  ethernet,
  type Frame,
  ICMP,
  ICMP6,
  icmpError,
  ip4,
  ip6,
  SYN,
  tcp,
} from "../../data/packets.ts";
import { startingOf } from "../../data/starting.ts";

const CHAINS = { chains: ["basic", "icmpx"] };

function message(type: number, identifier: number, code = 0): Uint8Array {
  const made = icmpError(type, code, new Uint8Array(12));
  made.set(be16(identifier), 4);
  return made;
}

/** A message of either version from A to B, or back. */
const asked = (type: number, identifier: number, code = 0, time = 0): Frame => ({
  time,
  data: ethernet(ip4(message(type, identifier, code), { protocol: ICMP })),
});
const answered = (type: number, identifier: number, code = 0): Frame => ({
  time: 1,
  data: ethernet(
    ip4(message(type, identifier, code), { protocol: ICMP, source: B4, destination: A4 }),
  ),
});
const asked6 = (type: number, identifier: number): Frame => ({
  time: 0,
  data: ethernet(ip6(message(type, identifier), { next: ICMP6 })),
});
const answered6 = (type: number, identifier: number): Frame => ({
  time: 1,
  data: ethernet(ip6(message(type, identifier), { next: ICMP6, source: B6, destination: A6 })),
});

const shown = (frames: readonly Frame[]) =>
  dissect(frames, CHAINS).flows.map((flow) => [
    flow.icmp_id,
    flow.icmp_type_fwd,
    flow.icmp_type_rev,
    flow.pkt_fwd,
    flow.pkt_rev,
    flow.sp,
    flow.dp,
  ]).sort();

Deno.test("icmpx: starting values", () => {
  const { flows } = dissect([there(0)], { chains: ["icmpx"] });
  const { icmp_unreachable: _, icmp_unreachable_fwd: __, ...starting } = startingOf("icmp_");
  assertEquals<unknown>(flows, [starting]);
});

Deno.test("icmpx: queries of two programs are two flows, each with its answers", () => {
  for (const [question, answer] of [[8, 0], [13, 14], [15, 16], [17, 18], [42, 43]] as const) {
    assertEquals(
      shown([asked(question, 7), asked(question, 9), answered(answer, 9), answered(answer, 7)]),
      [[7, question, answer, 1, 1, null, null], [9, question, answer, 1, 1, null, null]],
    );
  }
  for (const [question, answer] of [[128, 129], [160, 161]] as const) {
    assertEquals(
      shown([asked6(question, 7), asked6(question, 9), answered6(answer, 9)]),
      [[7, question, null, 1, 0, null, null], [9, question, answer, 1, 1, null, null]],
    );
  }
});

Deno.test("icmpx: two kinds of questions with one identifier are two flows; so are those of both hosts", () => {
  assertEquals(shown([asked(8, 7), asked(13, 7)]), [
    [7, 13, null, 1, 0, null, null],
    [7, 8, null, 1, 0, null, null],
  ]);
  assertEquals(shown([asked(8, 7), answered(8, 7)]), [
    [7, 8, null, 1, 0, null, null],
    [7, 8, null, 1, 0, null, null],
  ]);
});

Deno.test("icmpx: a host that asks itself has question and answer in both directions of one flow", () => {
  const self = (type: number): Frame => ({
    time: 0,
    data: ethernet(ip4(message(type, 7), { protocol: ICMP, destination: A4 })),
  });
  assertEquals(shown([self(8), self(0)]), [[7, 8, 0, 1, 1, null, null]]);
});

Deno.test("icmpx: other messages are a flow a type, without identifier", () => {
  assertEquals(shown([asked(9, 7), answered(9, 8), asked(10, 7)]), [
    [null, 10, null, 1, 0, null, null],
    [null, 9, 9, 1, 1, null, null],
  ]);
});

Deno.test("icmpx: the first message of each direction counts", () => {
  const { flows: [flow] } = dissect([asked(8, 1, 2), asked(8, 1, 3), answered(0, 1, 4)], CHAINS);
  assertEquals([flow!.icmp_code_fwd, flow!.icmp_code_rev], [2, 4]);
});

const ROUTER = [10, 0, 0, 9];
const syn = ip4(tcp({ flags: SYN }));

function error(type: number, code: number, quoted: Uint8Array, source = ROUTER, to = A4): Frame {
  const made = icmpError(type, code, quoted);
  return { time: 1, data: ethernet(ip4(made, { protocol: ICMP, source, destination: to })) };
}

Deno.test("icmpx: the first error that a flow met, and who sent it", () => {
  const { flows: [flow] } = dissect([
    { time: 0, data: ethernet(syn) },
    error(11, 0, syn),
    error(3, 13, syn, B4),
  ], CHAINS);
  assertEquals(
    [flow!.icmp_error_type, flow!.icmp_error_code, flow!.icmp_error_from, flow!.icmp_error_rev],
    [11, 0, "10.0.0.9", true],
  );
  assertEquals(flow!.icmp_type_rev, null);
});

Deno.test("icmpx: an error that goes forward is about what came in reverse", () => {
  const answer = ip4(tcp({ source: 80, destination: 40000, flags: SYN }), {
    source: B4,
    destination: A4,
  });
  const { flows: [flow] } = dissect([
    { time: 0, data: ethernet(syn) },
    { time: 0, data: ethernet(answer) },
    error(3, 4, answer, A4, B4),
  ], CHAINS);
  assertEquals([flow!.icmp_error_from, flow!.icmp_error_rev], ["192.0.2.1", false]);
});

Deno.test("icmpx: an error over IPv6 has the address in full", () => {
  const quoted = ip6(message(128, 5), { next: ICMP6 });
  const router = [0x20, 1, 0x0d, 0xb8, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xfe];
  const made = ip6(icmpError(3, 1, quoted), { next: ICMP6, source: router, destination: A6 });
  const { flows } = dissect([{ time: 0, data: ethernet(quoted) }, {
    time: 1,
    data: ethernet(made),
  }], CHAINS);
  assertEquals(
    flows.map(({ icmp_id, icmp_error_type, icmp_error_from }) => [
      icmp_id,
      icmp_error_type,
      icmp_error_from,
    ]),
    [[5, 3, "2001:db8:9::fe"]],
  );
});

Deno.test("icmpx: a quoted echo request needs its identifier to name its flow", () => {
  const request = ip4(message(8, 7), { protocol: ICMP });
  const frames = (octets: number) => [
    { time: 0, data: ethernet(request) },
    error(11, 0, request.slice(0, 20 + octets)),
  ];
  assertEquals(dissect(frames(6), CHAINS).flows.map(({ icmp_error_type }) => icmp_error_type), [
    11,
  ]);
  assertEquals(dissect(frames(5), CHAINS).flows.length, 2);
});

Deno.test("icmpx: an expected echo request is found by identifier and question", () => {
  const table = flowTable({ ...CHAINS, expectedOnly: true });
  const flow = table.expect(
    { address: "192.0.2.1", port: 7 },
    { address: "198.51.100.7", port: 8 },
    ICMP,
    { one: true },
  );
  feed(table, [asked(8, 6), asked(8, 7), answered(0, 7)]);
  assertEquals(table.nextReady(), flow);
  const { icmp_id, pkt_fwd, pkt_rev } = recordOf(table, flow);
  assertEquals([icmp_id, pkt_fwd, pkt_rev], [7, 1, 1]);
  assertEquals(table.stats().unexpected, 1);
});

Deno.test("icmpx: what it keeps of flows that are gone is used again", () => {
  const table = flowTable({ ...CHAINS, idle: 1, linger: 1 });
  const rounds = (from: number) => {
    for (let i = from; i < from + 20; i++) {
      feed(
        table,
        Array.from({ length: 1000 }, (_, id) => asked(8, id, id & 255, i * 10)),
      );
      const codes = drained(table).map(({ icmp_id, icmp_code_fwd }) => [icmp_id, icmp_code_fwd]);
      for (const [id, code] of codes) assertEquals(code, id! & 255);
    }
  };
  rounds(0);
  const before = table.input(1000).buffer.byteLength;
  rounds(20);
  assertEquals(table.input(1000).buffer.byteLength, before);
});
