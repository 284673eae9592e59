import { chains } from "../../src/observe/chains.ts";
import { inProcess } from "../in_process.ts";
import { results } from "../spider.ts";
import type { Value } from "./field.ts";
import { FIELDS } from "./fields.ts";
import { flowsOf, type JudgedFlow } from "./flows.ts";
import { type Packet, packetOf, type Reading, type Untold } from "./packet.ts";
import { tell, type Told } from "./tshark.ts";

/** What the two readings of a capture say differently. */
export interface Difference {
  /** What identifies the flow: addresses, protocol, ports, identifier of ICMP, begin. */
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
  /** Packets of flows of which tshark does not tell enough, by the reason; those flows are left out. */
  readonly leftOut: Readonly<Record<string, number>>;
  readonly differences: readonly Difference[];
}

const IDENTITY = ["sip", "dip", "proto", "sp", "dp", "icmp_id", "pkt_first"] as const;
/** The same of flows that may have all of that in common: two in different tunnels, question and answer. */
const MORE = ["encap", "icmp_type_fwd"] as const;
/** A record of spider, or what the judge makes of the same flow. */
export type Line = Readonly<Record<string, Value>>;
const identity = (flow: Line) => IDENTITY.map((name) => flow[name] ?? "-").join(" ");

/** L2TPv3 over IP, of which only its two ends know what stands in front of what it carries (RFC 3931). */
const L2TP_3 = 115;
const WHY_NOT_WHOLE = "of flows that may have one of the others";
const WHY_NOT_L2TP_3 = "in L2TPv3, whose cookie's length tshark has to be told";

function isOfL2tp3({ proto, encap, encap_rev }: Line): boolean {
  const headers = [encap, encap_rev].filter(Array.isArray).flat().map(String);
  return proto === L2TP_3 || headers.some((header) => header.startsWith("l2tpv3:"));
}

/** As much of a record as says whether it can be judged. */
function outlineOf(flow: JudgedFlow): Line {
  const names = ["sip", "dip", "proto", "pkt_first", "pkt_last", "encap", "encap_rev"];
  return Object.fromEntries(names.map((name) => [name, FIELDS[name]!(flow)]));
}

/** Whether a flow may have a packet that was not told: of its ends, or in a tunnel within its time. */
function hasUntold(
  { sip, dip, pkt_first, pkt_last, encap }: Line,
  untold: readonly Untold[],
): boolean {
  return untold.some(({ nanoseconds, ends }) => {
    if (ends.includes(String(sip)) && ends.includes(String(dip))) return true;
    const time = Number(nanoseconds / 1000n) / 1e6;
    const isInside = Array.isArray(encap) && encap.length > 0;
    return isInside && time >= Number(pkt_first) && time <= Number(pkt_last);
  });
}

/** What `observe` is asked so that its records can be judged, of the innermost packets or the outermost. */
export function observation(path: string, decap: boolean): string[] {
  const names = chains().map((chain) => chain.name);
  return ["observe", "-i", path, ...decap ? [] : ["--no-decap"], ...names];
}

/**
 * Lets tshark and spider read a capture file, and compares every field of every flow.
 *
 * @param asked what tshark says of it; it is asked when missing
 */
export async function judge(path: string, asked?: readonly Told[]): Promise<JudgeResult> {
  const [told, observed] = await Promise.all([
    asked ?? tell(path),
    inProcess(observation(path, true)),
  ]);
  if (observed.code !== 0) throw new Error(`spider observe: ${observed.err}`);
  const records = results(observed.out) as unknown as Line[];
  return compare(told, records, { decap: true, snaplen: null });
}

/**
 * Compares every field of every flow: what tshark says of packets with records of spider.
 *
 * @param how whether they are of the innermost packets, and how long these may be
 */
export function compare(
  told: readonly Told[],
  records: readonly Line[],
  how: Reading,
): JudgeResult {
  const declared = chains().flatMap((chain) => chain.fields.map((field) => field.name));
  const read = told.map((one) => packetOf(one, how)).filter((one) => typeof one === "object");
  const packets = read.filter((one): one is Packet => !("untold" in one));
  const untold = read.filter((one): one is Untold => "untold" in one);
  const every = flowsOf(packets, { idle: 30, linger: 5 }).flows;
  const isUntold = (line: Line) => how.decap && isOfL2tp3(line) || hasUntold(line, untold);
  const flows = every.filter((flow) => !isUntold(outlineOf(flow)));
  const judgeable = records.filter((record) => !isUntold(record));
  const all = flows.flatMap((flow) => flow.packets);
  const leftOut: Record<string, number> = {};
  for (const flow of every) {
    const outline = outlineOf(flow);
    if (!isUntold(outline)) continue;
    const why = how.decap && isOfL2tp3(outline) ? WHY_NOT_L2TP_3 : WHY_NOT_WHOLE;
    leftOut[why] = (leftOut[why] ?? 0) + flow.packets.length;
  }
  for (const { untold: why } of untold) leftOut[why] = (leftOut[why] ?? 0) + 1;
  const fields = Object.keys(FIELDS).filter((name) => declared.includes(name));
  return {
    packets: told.length,
    counted: all.length,
    errors: all.filter(({ error }) => error).length,
    fragments: all.filter(({ packet }) => !packet.first).length,
    flows: flows.length,
    values: flows.length * fields.length,
    unjudged: declared.filter((name) => FIELDS[name] === undefined),
    undeclared: Object.keys(FIELDS).filter((name) => !declared.includes(name)),
    leftOut,
    differences: differences(fields, flows, judgeable),
  };
}

/** Differences between the records and the flows. */
export function differences(
  fields: readonly string[],
  flows: readonly JudgedFlow[],
  records: readonly Line[],
): Difference[] {
  const found: Difference[] = [];
  const whole = (flow: Line) =>
    `${identity(flow)} ${JSON.stringify(MORE.map((name) => flow[name] ?? null))}`;
  const left = Map.groupBy(records, whole);
  /** The record of a flow, also where it differs in what only tells those apart that are alike. */
  const take = (flow: Line): Line | undefined => {
    const same = left.get(whole(flow))?.shift();
    if (same !== undefined) return same;
    return [...left.values()].find(([first]) => first && identity(first) === identity(flow))
      ?.shift();
  };
  for (const judgedFlow of flows) {
    const judged = Object.fromEntries(fields.map((name) => [name, FIELDS[name]!(judgedFlow)]));
    const flow = identity(judged);
    const record = take(judged);
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
