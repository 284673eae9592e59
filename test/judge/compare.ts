import type { FlowRecord } from "../../src/contract/flow.ts";
import { chains } from "../../src/observe/chains.ts";
import { inProcess } from "../in_process.ts";
import { results } from "../spider.ts";
import type { Value } from "./field.ts";
import { FIELDS } from "./fields.ts";
import { flowsOf, type JudgedFlow } from "./flows.ts";
import { type Packet, packetOf } from "./packet.ts";
import { tell, type Told } from "./tshark.ts";

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
  /** Each a line: which flow, which field, both values. */
  readonly differences: readonly string[];
}

const IDENTITY = ["sip", "dip", "proto", "sp", "dp", "pkt_first"] as const;
type Line = Readonly<Record<string, Value>>;
const identity = (flow: Line) => IDENTITY.map((name) => flow[name] ?? "-").join(" ");

/**
 * Lets tshark and spider read a capture file, and compares every field of every flow.
 *
 * @param asked what tshark says of it; it is asked when missing
 */
export async function judge(path: string, asked?: readonly Told[]): Promise<JudgeResult> {
  const declared = chains().flatMap((chain) => chain.fields.map((field) => field.name));
  const names = chains().map((chain) => chain.name);
  const [told, observed] = await Promise.all([
    asked ?? tell(path),
    inProcess(["observe", "-i", path, ...names]),
  ]);
  if (observed.code !== 0) throw new Error(`spider observe: ${observed.err}`);
  const packets = told.map(packetOf).filter((read): read is Packet => typeof read === "object");
  const { flows } = flowsOf(packets, {
    idle: 30,
    linger: 5,
  });
  const fields = Object.keys(FIELDS).filter((name) => declared.includes(name));
  const theirs = results(observed.out) as unknown as FlowRecord[];
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
    differences: differences(fields, flows, theirs as unknown as Line[]),
  };
}

/** Differences between the records and the flows, a line each. */
export function differences(
  fields: readonly string[],
  flows: readonly JudgedFlow[],
  records: readonly Line[],
): string[] {
  const said: string[] = [];
  const left = Map.groupBy(records, identity);
  for (const flow of flows) {
    const judged = Object.fromEntries(fields.map((name) => [name, FIELDS[name]!(flow)]));
    const name = identity(judged);
    const record = left.get(name)?.shift();
    if (record === undefined) {
      said.push(
        `${name}: tshark sees this flow of ${flow.packets.length} packets, spider does not`,
      );
      continue;
    }
    for (const field of fields) {
      if (judged[field] === undefined || judged[field] === record[field]) continue;
      const [tshark, spider] = [judged[field], record[field]].map((value) => JSON.stringify(value));
      if (tshark !== spider) {
        said.push(`${name}: ${field} is ${tshark} by tshark, ${spider} by spider`);
      }
    }
  }
  for (const record of [...left.values()].flat()) {
    const packets = Number(record.pkt_fwd) + Number(record.pkt_rev);
    said.push(`${identity(record)}: spider sees this flow of ${packets} packets, tshark does not`);
  }
  return said;
}
