import { assertEquals } from "@std/assert";
import { addressText } from "../../src/host/address.ts";
import type { FlowTable } from "../../src/observe/flow_table.ts";
import { drained } from "../data/dissect.ts";
import { type Frame, records } from "../data/packets.ts";
import { read } from "../data/slow_reader.ts";
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

/**
 * Compares what one frame came to in a table that was empty with what the slow reader says. Give
 * the counters from before it; those from after it are returned.
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
