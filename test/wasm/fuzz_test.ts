import { assert, assertEquals } from "@std/assert";
import type { FlowRecord } from "../../src/contract/flow.ts";
import type { FlowTable } from "../../src/observe/flow_table.ts";
import { addressText } from "../../src/host/address.ts";
import { chains } from "../../src/observe/chains.ts";
import { drained, drainedText, feed, flowTable } from "../data/dissect.ts";
import { LINKS, mutant } from "../data/mutants.ts";
import type { Frame } from "../data/packets.ts";
import { records } from "../data/packets.ts";
import { random } from "../data/random.ts";
import { read } from "../data/slow_reader.ts";

const PACKETS = 220_000;
const SMALL = 1 << 16;
const POISON = 96;

/** Counters of packets that are in no flow's record. */
const PASSED_OVER = [
  "truncated",
  "not_ip",
  "malformed_link",
  "malformed_ip",
  "malformed_tcp",
  "malformed_udp",
  "malformed_icmp",
  "fragments_orphaned",
  "unexpected",
  "late",
  "not_stored",
];

const TYPES: Record<string, (value: unknown) => boolean> = {
  address: (value) => typeof value === "string" && /^[0-9a-f.:]+$/.test(value),
  port: (value) => value === null || isCount(value) && value < 65_536,
  protocol: (value) => isCount(value) && value < 256,
  time: (value) => typeof value === "number" && value >= 0,
  integer: isCount,
  "integer?": (value) => value === null || isCount(value),
  boolean: (value) => typeof value === "boolean",
};

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

const FIELDS = chains().flatMap((chain) => chain.fields);

/** Every field there, in its order, with a value of its type. */
function checkRecord(record: FlowRecord): void {
  const entries = Object.entries(record);
  assertEquals(entries.length, FIELDS.length);
  for (const [i, [name, value]] of entries.entries()) {
    const field = FIELDS[i]!;
    if (name !== field.name || !TYPES[field.type]!(value)) {
      throw new Error(`${name} is ${value} in ${JSON.stringify(record)}`);
    }
  }
  assert(record.pkt_fwd + record.pkt_rev > 0);
  assert(record.pkt_last >= record.pkt_first);
}

/** Every packet is in a record or in one counter. */
function checkSum(table: FlowTable, flows: readonly FlowRecord[]): void {
  const stats = table.stats();
  const passed = PASSED_OVER.reduce((sum, name) => sum + stats[name]!, 0);
  const kept = flows.reduce((sum, flow) => sum + flow.pkt_fwd + flow.pkt_rev, 0);
  assertEquals(passed + kept, stats.packets);
  assertEquals(stats.flows, flows.length);
}

/** Dissects one frame with given octets behind it. */
function alone(table: FlowTable, frame: Frame, link: number, behind: Uint8Array): void {
  const data = records([frame]);
  const input = table.input(1);
  input.set(data);
  input.set(behind, data.length);
  table.dissect(data.length, link, 1);
  // Nothing was written to the packet or behind it
  for (let i = 0; i < data.length; i++) if (input[i] !== data[i]) throw new Error("input written");
  for (let i = 0; i < behind.length; i++) {
    if (input[data.length + i] !== behind[i]) throw new Error("written behind the input");
  }
}

/** What a frame comes to in an empty table, as the slow reader says and as the dissector says. */
function compare(table: FlowTable, frame: Frame, link: number, before: Record<string, number>) {
  const expected = read(frame.data, frame.wire!, link);
  const now = table.stats();
  const [flow] = drained(table);
  const context = `link ${link}, wire ${frame.wire}: ${frame.data.toHex()}`;
  if ("counter" in expected) {
    assertEquals(now[expected.counter]! - before[expected.counter]!, 1, context);
    assertEquals(flow, undefined, context);
    return now;
  }
  if (flow === undefined) throw new Error(`no flow; ${context}`);
  checkRecord(flow);
  const { flags, protocol, ecn } = expected;
  const syn = flags !== null && (flags & 2) !== 0;
  const marks = Object.entries(flow)
    .filter(([name, value]) => name.startsWith("ecn_") && value).map(([name]) => name);
  const found = [
    flow.sip,
    flow.dip,
    flow.proto,
    flow.sp,
    flow.dp,
    flow.oct_fwd,
    flow.oct_rev,
    flow.pkt_fwd,
    flow.tcp_synflags_fwd,
    flow.tcp_fin_fwd,
    flow.tcp_rst_fwd,
    ...marks,
  ];
  const wanted = [
    addressText(Uint8Array.from(expected.source)),
    addressText(Uint8Array.from(expected.destination)),
    protocol,
    expected.sourcePort,
    expected.destinationPort,
    expected.octets,
    0,
    1,
    syn ? flags : null,
    flags !== null && (flags & 1) !== 0,
    flags !== null && (flags & 4) !== 0,
    ...ecn === 0 ? [] : [`ecn_${["ect1", "ect0", "ce"][ecn - 1]}_${syn ? "syn" : "data"}_fwd`],
  ];
  if (found.join() !== wanted.join()) assertEquals(found, wanted, context);
  return now;
}

Deno.test("220,000 mangled packets: none reads beyond its end, and every one is accounted for", () => {
  const next = random(20_19);
  const options = { idle: 4, linger: 1 };
  // The same packets with other octets behind each, and in batches, where the next one stands there
  const zeros = new Uint8Array(POISON);
  const poisoned = [0x00, 0xff].map((poison) => ({
    poison: new Uint8Array(POISON).fill(poison),
    table: flowTable({ ...options, input: SMALL }),
    text: "",
  }));
  const batched = flowTable(options);
  let inBatches = "";
  // Among so many flows that packets are set aside until their flows are fetched
  const crowded = flowTable(options);
  const crowd = crowd9000(crowded);
  let inCrowd = "";
  const empty = flowTable({ ...options, input: SMALL });
  let counted = empty.stats();
  let time = 1_700_000_000;
  let frames: Frame[] = [];
  for (let i = 0; i < PACKETS; i++) {
    const link = LINKS[Math.floor(i / 100) % LINKS.length]!;
    if (next(10) === 0) time += next(1000) / 1024;
    if (next(2000) === 0) time += pickLeap(next);
    const { frame, cut } = mutant(next, time, link);
    for (const { table, poison } of poisoned) alone(table, frame, link, poison);
    // What was cut makes sense of a read beyond the end more often than poison does
    alone(empty, frame, link, cut.length > 0 ? cut : zeros);
    empty.flush();
    counted = compare(empty, frame, link, counted);
    frames.push(frame);
    if (i % 100 === 99) {
      feed(batched, frames, link);
      feed(crowded, frames, link);
      frames = [];
    }
    if (i % 5000 === 4999) {
      for (const one of poisoned) one.text += drainedText(one.table);
      inBatches += drainedText(batched);
      inCrowd += drainedText(crowded);
      assertEquals(poisoned[0]!.table.stats(), batched.stats());
    }
  }
  for (const one of poisoned) {
    one.table.flush();
    one.text += drainedText(one.table);
  }
  batched.flush();
  inBatches += drainedText(batched);
  crowded.flush();
  inCrowd += drainedText(crowded);
  assert(poisoned[0]!.text === poisoned[1]!.text, "what stands behind a packet was read");
  assert(poisoned[0]!.text === inBatches, "packets in a batch are read in another way");
  assert(inCrowd === inBatches, "packets among many flows are read in another way");
  for (const { table } of poisoned) assertEquals(table.stats(), batched.stats());
  const { flows: count, ...rest } = batched.stats();
  assertEquals(crowded.stats(), { ...rest, flows: count! + crowd });
  const flows = inBatches.trimEnd().split("\n").map((line) => JSON.parse(line) as FlowRecord);
  for (const flow of flows) checkRecord(flow);
  assertEquals(batched.stats().packets, PACKETS);
  checkSum(batched, flows);
  // The packets are of every kind
  const stats = batched.stats();
  for (const name of PASSED_OVER.slice(0, 8)) assert(stats[name]! > PACKETS / 400, name);
  assert(stats.fragments_joined! > 50);
  assert(flows.some((flow) => flow.pkt_fwd > 3 && flow.pkt_rev > 3));
});

/** Expects flows that no packet is of; how many. */
function crowd9000(table: FlowTable): number {
  for (let port = 0; port < 9000; port++) {
    const flow = table.expect({ address: "100.64.0.1", port }, { address: "100.64.0.2", port }, 6);
    assert(flow !== 0);
  }
  return 9000;
}

function pickLeap(next: (below: number) => number): number {
  return [3, 5, 100, 1e5, -2, -100, -1e5][next(7)]!;
}

Deno.test("random octets in every link type", () => {
  const next = random(7);
  const table = flowTable();
  for (let i = 0; i < 30_000; i++) {
    const data = Uint8Array.from({ length: next(80) }, () => next(256));
    alone(
      table,
      { time: 1, data, wire: next(100) },
      LINKS[i % LINKS.length]!,
      new Uint8Array(POISON),
    );
  }
  table.flush();
  const flows = drained(table);
  for (const flow of flows) checkRecord(flow);
  checkSum(table, flows);
});

Deno.test("mangled packets in a full table, all flows with one hash: every one is accounted for", () => {
  const next = random(31);
  const seed = new Uint8Array(88);
  const table = flowTable({ maxFlows: 40, idle: 4, linger: 1, seed });
  const flows: FlowRecord[] = [];
  let time = 1_700_000_000;
  for (let i = 0; i < 40_000; i++) {
    time += next(100) / 10_240;
    const link = LINKS[i % LINKS.length]!;
    feed(table, [mutant(next, time, link).frame], link);
    if (next(100) === 0) flows.push(...drained(table));
  }
  table.flush();
  flows.push(...drained(table));
  for (const flow of flows) checkRecord(flow);
  checkSum(table, flows);
  assert(table.stats().evicted! > 1000);
});

Deno.test("mangled packets of expected flows: every one is accounted for", () => {
  const next = random(3);
  const table = flowTable({ expectedOnly: true, idle: 4, linger: 9 });
  const taken: FlowRecord[] = [];
  const open = new Set<number>();
  const take = (flow: number) => {
    taken.push(JSON.parse(table.record(flow)));
    table.release(flow);
    open.delete(flow);
  };
  let time = 1_700_000_000;
  const ports = [40000, 80, 53];
  const addresses = ["192.0.2.1", "198.51.100.7", "2001:db8::1", "2001:db8:1::2"];
  for (let i = 0; i < 30_000; i++) {
    time += next(100) / 1024;
    if (next(3) === 0) {
      const family = next(2) * 2;
      const end = () => ({ address: addresses[family + next(2)]!, port: ports[next(3)]! });
      const flow = table.expect(end(), end(), [6, 17][next(2)]!);
      assert(!open.has(flow));
      if (flow !== 0) open.add(flow);
    }
    const link = LINKS[i % LINKS.length]!;
    feed(table, [mutant(next, time, link).frame], link);
    if (next(4) === 0) {
      for (let flow = table.nextReady(); flow !== 0; flow = table.nextReady()) take(flow);
    }
    if (next(5) === 0) { for (const flow of open) if (next(20) === 0) take(flow); }
  }
  for (const flow of open) take(flow);
  assertEquals(table.nextReady(), 0);
  table.flush();
  assertEquals(drained(table), []);
  checkSum(table, taken);
  for (const flow of taken) if (flow.pkt_fwd + flow.pkt_rev > 0) checkRecord(flow);
  assert(taken.filter((flow) => flow.pkt_fwd > 0 && flow.pkt_rev > 0).length > 10);
  assert(taken.filter((flow) => flow.tcp_rst_rev).length > 10);
  assert(table.stats().late! > 100);
});
