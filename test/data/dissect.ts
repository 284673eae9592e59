import type { FlowRecord } from "../../src/contract/flow.ts";
import { chains } from "../../src/observe/chains.ts";
import { FlowTable, type FlowTableOptions } from "../../src/observe/flow_table.ts";
import { A4, B4, ethernet, type Frame, type Ip4, ip4, records, type Tcp, tcp } from "./packets.ts";

/** Link types of pcap: Ethernet and raw IP. */
export const ETHERNET = 1;
export const RAW = 101;

const INPUT = 1 << 22;

/** A flow table as `spider observe` makes it, all chains on, by default; of expected flows, as a measurement does. */
export function flowTable(options: Partial<FlowTableOptions> = {}): FlowTable {
  return new FlowTable({
    chains: chains().map((chain) => chain.name),
    idle: 30,
    linger: 5,
    // What a measurement expects is expected outside of tunnels
    decapsulate: options.expectedOnly !== true,
    input: INPUT,
    ...options,
  });
}

/** Feeds frames in batches, as a capture does. */
export function feed(
  table: FlowTable,
  frames: readonly Frame[],
  link = ETHERNET,
  batch = 4096,
): void {
  for (let i = 0; i < frames.length; i += batch) {
    const part = frames.slice(i, i + batch);
    const data = records(part);
    table.input(part.length).set(data);
    table.dissect(data.length, link, 1);
  }
}

/** The records of flows that have ended so far, as text. */
export function drainedText(table: FlowTable): string {
  let text = "";
  for (let lines = table.drain(); lines.length > 0; lines = table.drain()) {
    text += new TextDecoder().decode(lines);
  }
  return text;
}

/** The records of flows that have ended so far. */
export function drained(table: FlowTable): FlowRecord[] {
  return drainedText(table).split("\n").filter((line) => line !== "").map((line) =>
    JSON.parse(line)
  );
}

/** The counters that are not 0, without the totals: the packets in no flow. */
export function passedOver(table: FlowTable): Record<string, number> {
  const { packets: _packets, octets: _octets, flows: _flows, ...rest } = table.stats();
  return Object.fromEntries(Object.entries(rest).filter(([_, count]) => count !== 0));
}

/** The record of a flow that is expected. */
export function recordOf(table: FlowTable, flow: number): FlowRecord {
  return JSON.parse(table.record(flow));
}

/** The result of a whole capture. */
export interface Dissected {
  readonly flows: FlowRecord[];
  readonly passedOver: Record<string, number>;
  readonly stats: Record<string, number>;
}

/** Dissects frames in a table of their own, to the end. */
export function dissect(
  frames: readonly Frame[],
  options: Partial<FlowTableOptions> & { link?: number } = {},
): Dissected {
  const { link, ...rest } = options;
  const table = flowTable(rest);
  feed(table, frames, link);
  table.flush();
  return { flows: drained(table), passedOver: passedOver(table), stats: table.stats() };
}

/** One frame, at a time that does not matter. */
export function single(data: Uint8Array, wire?: number): Frame {
  return { time: 1_700_000_000, data, ...(wire === undefined ? {} : { wire }) };
}

/** A segment from A4:40000 to B4:80 in an Ethernet frame. */
export function there(time: number, segment: Tcp = {}, ip: Ip4 = {}): Frame {
  return { time, data: ethernet(ip4(tcp(segment), ip)) };
}

/** A segment from B4:80 to A4:40000 in an Ethernet frame. */
export function back(time: number, segment: Tcp = {}, ip: Ip4 = {}): Frame {
  return {
    time,
    data: ethernet(
      ip4(tcp({ source: 80, destination: 40000, ...segment }), {
        source: B4,
        destination: A4,
        ...ip,
      }),
    ),
  };
}
