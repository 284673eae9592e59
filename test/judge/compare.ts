import { chains } from "../../src/observe/chains.ts";
import { inProcess } from "../in_process.ts";
import { results } from "../spider.ts";
import type { Value } from "./field.ts";
import { FIELDS } from "./fields.ts";
import { flowsOf, type JudgedFlow } from "./flows.ts";
import { type Packet, packetOf } from "./packet.ts";
import { tell, type Told } from "./tshark.ts";

/** What the two readings of a capture say differently. */
export interface Difference {
  /** What identifies the flow: addresses, protocol, ports, begin. */
  readonly flow: string;
  /** A field of its record; null where only one of the two sees the flow. */
  readonly field: string | null;
  /** What tshark says: the field's value, or how many packets the flow has; null without the flow. */
  readonly tshark: Value;
  /** The same by spider. */
  readonly spider: Value;
}

/** The result of a comparison. */
export interface JudgeResult {
  /** Packets that tshark read, and those of them that are in flows. */
  readonly packets: number;
  readonly counted: number;
  readonly flows: number;
  /** ICMP errors that were counted to a flow that they quote, and later fragments. */
  readonly errors: number;
  readonly fragments: number;
  /** Values that were compared. */
  readonly values: number;
  /** Fields of spider that the judge cannot read from tshark. */
  readonly unjudged: readonly string[];
  /** Fields of the judge whose chain spider does not have. */
  readonly undeclared: readonly string[];
  readonly differences: readonly Difference[];
}

const IDENTITY = ["sip", "dip", "proto", "sp", "dp", "pkt_first"] as const;
/** A record of spider, or what the judge makes of the same flow. */
export type Line = Readonly<Record<string, Value>>;
const identity = (flow: Line) => IDENTITY.map((name) => flow[name] ?? "-").join(" ");

/** What `observe` is asked so that its records can be judged. */
export function observation(path: string): string[] {
  return ["observe", "-i", path, ...chains().map((chain) => chain.name)];
}

/**
 * Lets tshark and spider read a capture file, and compares every field of every flow.
 *
 * @param asked what tshark says of it; it is asked when missing
 */
export async function judge(path: string, asked?: readonly Told[]): Promise<JudgeResult> {
  const [told, observed] = await Promise.all([asked ?? tell(path), inProcess(observation(path))]);
  if (observed.code !== 0) throw new Error(`spider observe: ${observed.err}`);
  return compare(told, results(observed.out) as unknown as Line[]);
}

/** Compares every field of every flow: what tshark says of packets with records of spider. */
export function compare(told: readonly Told[], records: readonly Line[]): JudgeResult {
  const declared = chains().flatMap((chain) => chain.fields.map((field) => field.name));
  const packets = told.map(packetOf).filter((read): read is Packet => typeof read === "object");
  const { flows } = flowsOf(packets, {
    idle: 30,
    linger: 5,
  });
  const fields = Object.keys(FIELDS).filter((name) => declared.includes(name));
  const all = flows.flatMap((flow) => flow.packets);
  return {
    packets: told.length,
    counted: all.length,
    errors: all.filter(({ error }) => error).length,
    fragments: all.filter(({ packet }) => !packet.first).length,
    flows: flows.length,
    values: flows.length * fields.length,
    unjudged: declared.filter((name) => FIELDS[name] === undefined),
    undeclared: Object.keys(FIELDS).filter((name) => !declared.includes(name)),
    differences: differences(fields, flows, records),
  };
}

/** Differences between the records and the flows. */
export function differences(
  fields: readonly string[],
  flows: readonly JudgedFlow[],
  records: readonly Line[],
): Difference[] {
  const found: Difference[] = [];
  const left = Map.groupBy(records, identity);
  for (const judgedFlow of flows) {
    const judged = Object.fromEntries(fields.map((name) => [name, FIELDS[name]!(judgedFlow)]));
    const flow = identity(judged);
    const record = left.get(flow)?.shift();
    if (record === undefined) {
      found.push({ flow, field: null, tshark: judgedFlow.packets.length, spider: null });
      continue;
    }
    for (const field of fields) {
      const [tshark, spider] = [judged[field], record[field]];
      if (tshark === undefined || tshark === spider) continue;
      if (JSON.stringify(tshark) !== JSON.stringify(spider)) {
        found.push({ flow, field, tshark, spider });
      }
    }
  }
  for (const record of [...left.values()].flat()) {
    const packets = Number(record.pkt_fwd) + Number(record.pkt_rev);
    found.push({ flow: identity(record), field: null, tshark: null, spider: packets });
  }
  return found;
}

/** A difference as a line. */
export function lineOf({ flow, field, tshark, spider }: Difference): string {
  if (field !== null) {
    const [by, ours] = [tshark, spider].map((value) => JSON.stringify(value));
    return `${flow}: ${field} is ${by} by tshark, ${ours} by spider`;
  }
  return tshark === null
    ? `${flow}: spider sees this flow of ${spider} packets, tshark does not`
    : `${flow}: tshark sees this flow of ${tshark} packets, spider does not`;
}
