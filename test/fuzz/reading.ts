import { assertEquals } from "@std/assert";
import { addressText } from "../../src/host/address.ts";
import type { FlowTable } from "../../src/observe/flow_table.ts";
import { drained, feed, flowTable, recordOf } from "../data/dissect.ts";
import { type Frame, records } from "../data/packets.ts";
import { slowChains, type SlowPacket } from "../data/slow_chains.ts";
import { type FrameResult, read } from "../data/slow_reader.ts";
import { STARTING } from "../data/starting.ts";
import { checkRecord } from "./records.ts";

/** Dissects one frame with given octets behind it; none of them may change. */
export function alone(table: FlowTable, frame: Frame, link: number, behind: Uint8Array): void {
  const data = records([frame]);
  const input = table.input(1);
  input.set(data);
  input.set(behind, data.length);
  table.dissect(data.length, link, 1);
  for (let i = 0; i < data.length; i++) if (input[i] !== data[i]) throw new Error("input written");
  for (let i = 0; i < behind.length; i++) {
    if (input[data.length + i] !== behind[i]) throw new Error("written behind the input");
  }
}

/** Counters of packets that count to the flow around the one that they are of. */
const OUTER = ["outer_not_ip", "outer_unread", "outer_too_deep", "outer_too_many"];

/**
 * Compares the result of one frame in an empty table with that of the slow reader. Takes the
 * counters from before it; returns those from after it.
 */
export function compare(
  table: FlowTable,
  frame: Frame,
  link: number,
  before: Record<string, number>,
): Record<string, number> {
  const expected = read(frame.data, frame.wire ?? frame.data.length, link);
  const now = table.stats();
  const [flow] = drained(table);
  if ("counter" in expected) {
    const counted = now[expected.counter]! - before[expected.counter]!;
    if (counted !== 1 || flow !== undefined) {
      assertEquals([counted, flow], [1, undefined], contextOf(frame, link));
    }
    return now;
  }
  if (flow === undefined) throw new Error(`no flow; ${contextOf(frame, link)}`);
  const outer = OUTER.filter((name) => now[name] !== before[name]);
  if (outer.join() !== (expected.outer ?? "")) {
    assertEquals(outer, [expected.outer], contextOf(frame, link));
  }
  checkRecord(flow);
  // A SYN-ACK answers: its receiver began the connection
  const answers = isSynAck(expected);
  const source = addressText(Uint8Array.from(expected.source));
  const destination = addressText(Uint8Array.from(expected.destination));
  const { sourcePort, destinationPort, octets } = expected;
  const wanted = {
    sip: answers ? destination : source,
    dip: answers ? source : destination,
    proto: expected.protocol,
    sp: answers ? destinationPort : sourcePort,
    dp: answers ? sourcePort : destinationPort,
    pkt_fwd: answers ? 0 : 1,
    pkt_rev: answers ? 1 : 0,
    oct_fwd: answers ? 0 : octets,
    oct_rev: answers ? octets : 0,
    ...slowChains(expected.packet, answers, flow.pkt_first),
    // The table is flushed
    part_end: isReset(expected) ? "end" : "forced",
  };
  if (!isAs(flow, wanted, ALL)) {
    const { pkt_first: _first, pkt_last: _last, ...found } = flow;
    assertEquals<unknown>(found, { ...STARTING, ...wanted }, contextOf(frame, link));
  }
  // An ICMP error may quote just the flow that it would be in itself
  const icmp = expected.protocol === 1 || expected.protocol === 58;
  const loop = expected.source.join() === expected.destination.join();
  // What is expected is expected outside of VLANs and tunnels
  const bare = expected.packet.headers.length === 0;
  if (!icmp && !loop && bare) compareReverse(frame, link, expected);
  return now;
}

function isReset({ protocol, packet }: { protocol: number; packet: SlowPacket }): boolean {
  return protocol === 6 && packet.isWhole && (packet.transport[13]! & 0x04) !== 0;
}

function isSynAck({ protocol, packet }: { protocol: number; packet: SlowPacket }): boolean {
  return protocol === 6 && packet.isWhole && (packet.transport[13]! & 0x12) === 0x12;
}

const expecting = flowTable({ expectedOnly: true, decapsulate: true, input: 1 << 16 });

/** The same for the fields of the reverse direction: the flow is expected the other way round. */
function compareReverse(
  frame: Frame,
  link: number,
  expected: Exclude<FrameResult, { counter: string }>,
): void {
  const address = (octets: readonly number[]) => addressText(Uint8Array.from(octets));
  const flow = expecting.expect(
    { address: address(expected.destination), port: expected.destinationPort ?? 0 },
    { address: address(expected.source), port: expected.sourcePort ?? 0 },
    expected.protocol,
  );
  feed(expecting, [frame], link);
  const record = recordOf(expecting, flow);
  expecting.release(flow);
  expecting.flush();
  const wanted = slowChains(expected.packet, true, record.pkt_first);
  const context = () => `in reverse, ${contextOf(frame, link)}`;
  if (record.dip !== address(expected.source)) {
    assertEquals(record.dip, address(expected.source), context());
  }
  if (isAs(record, wanted, CHAINS)) return;
  const all = { ...STARTING, ...wanted };
  const found = Object.fromEntries(
    Object.keys(all).map((name) => [name, record[name as keyof typeof record]]),
  );
  assertEquals<unknown>(found, all, context());
}

const CHAINS = Object.keys(STARTING);
const BASIC = ["sip", "dip", "proto", "sp", "dp", "pkt_fwd", "pkt_rev", "oct_fwd", "oct_rev"];
const ALL = [...BASIC, ...CHAINS];

/**
 * Whether a record has what is wanted in some fields; what is not said is as in a flow that has just begun.
 * Field by field: to write each of hundreds of thousands of records takes longer than to read its packet.
 */
function isAs(record: object, wanted: object, names: readonly string[]): boolean {
  const [found, said, starting] = [record, wanted, STARTING] as Record<string, unknown>[];
  return names.every((name) => {
    const value = name in said! ? said![name] : starting![name];
    return found![name] === value || JSON.stringify(found![name]) === JSON.stringify(value);
  });
}

/** The frame, so that it can be read again. Long to make, so only for what has failed. */
function contextOf({ data, wire }: Frame, link: number): string {
  return `link ${link}, wire ${wire}: ${data.toHex()}`;
}
