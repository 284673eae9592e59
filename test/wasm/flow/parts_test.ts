import { assert, assertEquals } from "@std/assert";
import type { FlowRecord } from "../../../src/contract/flow.ts";
import type { FlowTableOptions } from "../../../src/observe/flow_table.ts";
import { chain } from "../../data/chain.ts";
import {
  back,
  dissect,
  drained,
  ETHERNET,
  feed,
  flowTable,
  recordOf,
  there,
} from "../../data/dissect.ts";
import { LINKS, mutant } from "../../data/mutants.ts";
import {
  ACK,
  ethernet,
  FIN,
  type Frame,
  ICMP,
  icmpError,
  ip4,
  SYN,
  tcp,
  UDP,
  udp,
} from "../../data/packets.ts";
import { random } from "../../data/random.ts";
import { checkRecord, checkSum } from "../../fuzz/records.ts";

const parts = (flows: readonly FlowRecord[]) =>
  flows.map((flow) => [flow.part_number, flow.part_end, flow.pkt_fwd, flow.pkt_rev]);

/** A datagram that is no packet of other flows here. */
const elsewhere = (time: number): Frame => ({
  time,
  data: ethernet(ip4(udp(new Uint8Array(), 7, 9), { protocol: UDP })),
});

Deno.test("a flow without an active timeout has one record, however long", () => {
  const frames = Array.from({ length: 1000 }, (_, i) => there(i * 20));
  assertEquals(parts(dissect(frames).flows), [[1, "forced", 1000, 0]]);
});

Deno.test("a long flow is written in parts, each of so long after its first packet", () => {
  const frames = Array.from({ length: 100 }, (_, i) => i % 2 === 0 ? there(i * 10) : back(i * 10));
  const { flows, stats } = dissect(frames, { active: 300 });
  assertEquals(parts(flows), [
    [1, "active", 15, 15],
    [2, "active", 15, 15],
    [3, "active", 15, 15],
    [4, "forced", 5, 5],
  ]);
  assertEquals(flows.map(({ pkt_first, pkt_last }) => [pkt_first, pkt_last]), [
    [0, 290],
    [300, 590],
    [600, 890],
    [900, 990],
  ]);
  assertEquals(
    flows.map(({ sip, dip }) => [sip, dip]),
    Array(4).fill(["192.0.2.1", "198.51.100.7"]),
  );
  assertEquals(stats.flows, 4);
});

Deno.test("a part ends in time also when no packet of its flow comes", () => {
  const table = flowTable({ active: 300, idle: 3600 });
  feed(table, [there(0), there(10), elsewhere(299)]);
  assertEquals(drained(table), []);
  feed(table, [elsewhere(330)]);
  assertEquals(parts(drained(table)), [[1, "active", 2, 0]]);
  // The datagram's own part began at 299
  table.advance(620_000);
  assertEquals(parts(drained(table)), [[1, "active", 2, 0]]);
  feed(table, [there(700), elsewhere(705)]);
  table.advance(1_050_000);
  assertEquals(parts(drained(table)).sort(), [[2, "active", 1, 0], [2, "active", 1, 0]]);
  // Nothing came after: what goes on has no record
  table.flush();
  assertEquals(drained(table), []);
  assertEquals(table.stats().flows, 4);
});

Deno.test("what was seen of the handshake holds for all parts, counts and marks begin anew", () => {
  const mss = [2, 4, 5, 180];
  const ce = { tos: 0x2b };
  const { flows } = dissect([
    there(0, { flags: SYN, sequence: 1, options: mss }),
    back(1, { flags: SYN | ACK, sequence: 9, acknowledgment: 2, options: mss }),
    there(2, { flags: ACK, sequence: 2, payload: new Uint8Array(5) }, ce),
    there(20, { flags: ACK, sequence: 7, payload: new Uint8Array(3) }),
    back(30, { flags: ACK, sequence: 10, payload: new Uint8Array(4) }),
  ], { active: 15 });
  const shown = flows.map((flow) => [
    flow.tcp_connected,
    flow.tcp_synflags_fwd,
    flow.tcp_synflags_rev,
    flow.mss_value_rev,
    flow.tcpx_syn_fwd,
    flow.tcpx_payload_fwd,
    flow.tcpx_payload_rev,
    flow.ecn_ce_data_fwd,
    flow.dscp_mark_data_fwd,
    flow.tcpx_gap_rev,
  ]);
  assertEquals(shown, [
    [true, 2, 18, 1460, 1, 5, 0, true, 10, false],
    [true, 2, 18, 1460, 1, 3, 4, false, 0, false],
  ]);
});

Deno.test("a connection that closes over two parts is complete, and its ports begin another flow", () => {
  const { flows } = dissect([
    there(0, { flags: SYN, sequence: 1 }),
    there(10, { flags: FIN | ACK, sequence: 2 }),
    back(20, { flags: FIN | ACK, sequence: 9 }),
    there(21, { flags: SYN, sequence: 100_000 }),
  ], { active: 15 });
  assertEquals(parts(flows), [[1, "active", 2, 0], [2, "end", 0, 1], [1, "forced", 1, 0]]);
  assertEquals(flows.map(({ tcp_fin_fwd, tcp_fin_rev }) => [tcp_fin_fwd, tcp_fin_rev]), [
    [true, false],
    [true, true],
    [false, false],
  ]);
});

Deno.test("why records end", () => {
  const ends = (frames: Frame[], options: Partial<FlowTableOptions> = {}) =>
    dissect(frames, options).flows.map(({ part_end }) => part_end);
  assertEquals(ends([there(0), there(40)]), ["idle", "forced"]);
  assertEquals(ends([there(0, { flags: 4 }), elsewhere(9)]), ["end", "forced"]);
  assertEquals(ends([there(0), elsewhere(1)], { maxFlows: 1 }), ["resources", "forced"]);
  const table = flowTable();
  const local = { address: "192.0.2.1", port: 40000 };
  const flow = table.expect(local, { address: "198.51.100.7", port: 80 }, 6);
  feed(table, [there(0)]);
  assertEquals(recordOf(table, flow).part_end, null);
});

Deno.test("errors and later fragments count to the part of their time", () => {
  const packet = ip4(udp(new Uint8Array(8), 5000, 53), { protocol: UDP, fragment: 0x2000 });
  const later = ip4(new Uint8Array(8), { protocol: UDP, fragment: 2 });
  const error = ip4(icmpError(11, 0, packet), { protocol: ICMP, source: [10, 0, 0, 1] });
  const at = (time: number, data: Uint8Array): Frame => ({ time, data: ethernet(data) });
  const { flows } = dissect([at(0, packet), at(10, later), at(20, error), at(25, later)], {
    active: 10,
  });
  assertEquals(parts(flows), [[1, "active", 1, 0], [2, "active", 1, 0], [3, "forced", 1, 1]]);
  assertEquals(flows.map(({ icmp_error_type }) => icmp_error_type), [null, null, 11]);
});

Deno.test("a flow that a measurement waits for is never cut", () => {
  const table = flowTable({ active: 1 });
  const local = { address: "192.0.2.1", port: 40000 };
  const flow = table.expect(local, { address: "198.51.100.7", port: 80 }, 6);
  feed(table, Array.from({ length: 50 }, (_, i) => there(i)));
  assertEquals(recordOf(table, flow).pkt_fwd, 50);
});

Deno.test("a chain in JavaScript begins anew with each part, and may still ignore one", () => {
  const seen: number[] = [];
  const own = chain({
    fields: { own_packets: { type: "integer", summary: "packets", initial: 0 } },
    newFlow: () => {
      seen.push(seen.length);
      return seen.length !== 2;
    },
    tcp: (rec: { own_packets: number }) => void rec.own_packets++,
  });
  const table = flowTable({ chains: ["basic", "part", own], active: 10 });
  feed(table, Array.from({ length: 25 }, (_, i) => there(i)));
  table.flush();
  const flows = drained(table) as (FlowRecord & { own_packets: number })[];
  assertEquals(flows.map(({ part_number, own_packets }) => [part_number, own_packets]), [[1, 10]]);
  assertEquals([seen.length, table.stats().ignored, table.stats().flows], [2, 15, 1]);
});

Deno.test("10,000 flows whose parts end at once: each is written, and the memory of parts is used again", () => {
  const table = flowTable({ chains: ["basic", "part", "icmpx"], active: 100, idle: 300 });
  const FLOWS = 10_000;
  const round = (time: number) => {
    const frames = Array.from({ length: FLOWS }, (_, i): Frame => {
      const segment = tcp({ source: i & 0xffff, destination: 1 + (i >> 16) });
      return { time, data: ethernet(ip4(segment)) };
    });
    feed(table, frames, ETHERNET, 2048);
  };
  const written: FlowRecord[] = [];
  const sizes: number[] = [];
  for (let i = 0; i < 6; i++) {
    round(i * 250);
    // Nothing comes but time
    for (let second = 101; second < 140; second++) {
      table.advance((i * 250 + second) * 1000);
      written.push(...drained(table));
    }
    assertEquals(written.length, FLOWS * (i + 1));
    sizes.push(table.input(1).buffer.byteLength);
  }
  assert(written.every(({ pkt_fwd, part_end }) => pkt_fwd === 1 && part_end === "active"));
  assertEquals(new Set(written.slice(-FLOWS).map(({ part_number }) => part_number)), new Set([6]));
  assertEquals(sizes[5], sizes[1]);
});

Deno.test("parts of mangled packets: every packet is in one, and they add up to the flows without", () => {
  const next = random(9);
  const tables = [{ active: 2 }, {}].map((more) => flowTable({ idle: 30, linger: 1, ...more }));
  const sums = [new Map<string, number>(), new Map<string, number>()];
  let cut = 0;
  const take = () =>
    tables.forEach((table, i) => {
      for (const flow of drained(table)) {
        checkRecord(flow);
        if (flow.part_number > 1) cut++;
        const ends = [`${flow.sip} ${flow.sp}`, `${flow.dip} ${flow.dp}`].sort();
        const key = `${flow.proto} ${ends}`;
        sums[i]!.set(key, (sums[i]!.get(key) ?? 0) + flow.pkt_fwd + flow.pkt_rev);
        counted[i]!.push(flow);
      }
    });
  const counted: FlowRecord[][] = [[], []];
  let time = 1_700_000_000;
  for (let i = 0; i < 20_000; i += 50) {
    const link = LINKS[i / 50 % LINKS.length]!;
    const frames = Array.from({ length: 50 }, () => {
      if (next(5) === 0) time += next(1000) / 1024;
      return mutant(next, time, link).frame;
    });
    for (const table of tables) feed(table, frames, link);
    take();
  }
  for (const table of tables) table.flush();
  take();
  tables.forEach((table, i) => checkSum(table, counted[i]!));
  assert(cut > 100);
  // Errors may find their flow in one table only a tick later than in the other, never another flow
  assertEquals(sums[0], sums[1]);
});
