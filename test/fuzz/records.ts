import { assert, assertEquals } from "@std/assert";
import type { FlowRecord } from "../../src/contract/flow.ts";
import { chains } from "../../src/observe/chains.ts";
import type { FlowTable } from "../../src/observe/flow_table.ts";

/** Counters that are not of packets which are in no flow's record. */
const KEPT = [
  ...["packets", "octets", "flows", "evicted", "fragments_joined"],
  ...["outer_not_ip", "outer_unread", "outer_too_deep", "outer_too_many"],
];

/** Counters of packets that are in no flow's record, by their names. */
export function namesPassedOver(stats: Readonly<Record<string, number>>): string[] {
  return Object.keys(stats).filter((name) => !KEPT.includes(name));
}

const TYPES: Record<string, (value: unknown) => boolean> = {
  address: (value) => typeof value === "string" && /^[0-9a-f.:]+$/.test(value),
  port: (value) => value === null || isCount(value) && value < 65_536,
  protocol: (value) => isCount(value) && value < 256,
  time: (value) => typeof value === "number" && value >= 0,
  integer: isCount,
  "integer?": (value) => value === null || isCount(value),
  boolean: (value) => typeof value === "boolean",
  "boolean?": (value) => value === null || typeof value === "boolean",
  "address?": (value) => value === null || typeof value === "string" && /^[0-9a-f.:]+$/.test(value),
  "time?": (value) => value === null || typeof value === "number" && value >= 0,
  "string?": (value) => value === null || typeof value === "string" && value !== "",
  "integers?": (value) => value === null || Array.isArray(value) && value.every(isCount),
  strings: isStrings,
  "strings?": (value) => value === null || isStrings(value),
};

function isStrings(value: unknown): boolean {
  return Array.isArray(value) && value.every((one) => typeof one === "string");
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

const FIELDS = chains().flatMap((chain) => chain.fields);

/** Every field there, in its order, with a value of its type. */
export function checkRecord(record: FlowRecord): void {
  let i = 0;
  for (const name in record) {
    const value: unknown = record[name as keyof FlowRecord];
    const field = FIELDS[i++];
    if (name !== field?.name || !TYPES[field.type]!(value)) {
      throw new Error(`${name} is ${value} in ${JSON.stringify(record)}`);
    }
  }
  assertEquals(i, FIELDS.length);
  assert(record.pkt_fwd + record.pkt_rev > 0);
  assert(record.pkt_last >= record.pkt_first);
}

/** Every packet is in a record or in one counter. */
export function checkSum(table: FlowTable, flows: readonly FlowRecord[]): void {
  const stats = table.stats();
  const passed = namesPassedOver(stats).reduce((sum, name) => sum + stats[name]!, 0);
  const kept = flows.reduce((sum, flow) => sum + flow.pkt_fwd + flow.pkt_rev, 0);
  assertEquals(passed + kept, stats.packets);
  assertEquals(stats.flows, flows.length);
}
