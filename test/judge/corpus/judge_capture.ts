import { isFile } from "../../../src/host/file_kind.ts";
import type { Statistics } from "../../../src/observe/statistics.ts";
import { inProcess } from "../../in_process.ts";
import { results } from "../../spider.ts";
import { compare, type Difference, type Line, observation } from "../compare.ts";
import { type Testimony, testimony } from "../tshark.ts";
import { plain } from "./unpack.ts";
import type { Judged, Limits, Verdict } from "./verdict.ts";

/** What spider says of a capture. */
interface Observations {
  readonly records: Line[];
  readonly statistics: Statistics;
}

/** Judges a capture file of whatever content. Files in `folder` are written over. */
export async function judgeCapture(path: string, limits: Limits, folder: string): Promise<Verdict> {
  const found = await plain(path, `${folder}/unpacked`, limits.seconds);
  if (found.path === null) return found.verdict;
  const theirs = await testimony(found.path, limits);
  const ours = await observe(path, limits.packets, folder);
  if ("refusal" in ours) return withoutOurs(theirs, ours.refusal);
  const { packets, unread_link: unread, link_type: link } = ours.statistics;
  if (theirs.fault !== null && theirs.told.length === 0 && packets !== 0) {
    return { kind: "not judged", reason: `tshark: ${theirs.fault}` };
  }
  if (unread !== 0) {
    const reason =
      `spider does not read the link type of ${unread} of ${packets} packets (${link})`;
    return { kind: "not judged", reason };
  }
  return await compared(path, theirs, ours, limits, folder);
}

/** Where spider refuses a capture that tshark reads, that is a difference, but for unread link types. */
function withoutOurs({ told, fault }: Testimony, refusal: string): Verdict {
  if (told.length === 0 || fault !== null || / of link type /.test(refusal)) {
    return {
      kind: "not judged",
      reason: `${refusal}; tshark: ${fault ?? `${told.length} packets`}`,
    };
  }
  return judged([ofWhole(told.length, refusal)], 1, { packets: 0, flows: 0, fields: 0, notes: [] });
}

/** Compares the packets that both have read: all, where neither breaks off before the other. */
async function compared(
  path: string,
  { told, fault }: Testimony,
  ours: Observations,
  limits: Limits,
  folder: string,
): Promise<Verdict> {
  const { packets, fault: broken } = ours.statistics;
  const seen = Number(packets);
  const both = Math.min(seen, told.length);
  const same = seen === both ? ours : await observe(path, Math.max(both, 1), folder);
  if ("refusal" in same) throw new Error(same.refusal);
  const result = compare(told.slice(0, both), both === 0 ? [] : same.records);
  const uneven = seen === told.length ? [] : [ofWhole(told.length, seen)];
  return judged([...uneven, ...result.differences], limits.lines, {
    packets: both,
    flows: result.flows,
    fields: result.values,
    notes: [
      ...both === limits.packets ? [`no more than the first ${both} packets are compared`] : [],
      ...broken === null ? [] : [`spider: ${broken}`],
      ...fault === null ? [] : [`tshark: ${fault}`],
    ],
  });
}

const ofWhole = (tshark: number, spider: number | string): Difference => (
  { flow: "the capture", field: "number of packets", tshark, spider }
);

function judged(
  differences: readonly Difference[],
  lines: number,
  rest: Pick<Judged, "packets" | "flows" | "fields" | "notes">,
): Judged {
  const shown = differences.slice(0, lines);
  return { kind: "judged", ...rest, differences: differences.length, shown };
}

/** Lets spider read the first packets of a capture. */
async function observe(
  path: string,
  count: number,
  folder: string,
): Promise<Observations | { readonly refusal: string }> {
  const file = `${folder}/statistics`;
  const { out, err } = await inProcess([
    ...observation(path),
    // The judge reads the outermost IP header; encapsulations_test.ts judges what is inside
    ...["--no-decap", "--stats", file, "--count", `${count}`],
  ]);
  // It is written also of a file that breaks off
  if (!isFile(file)) return { refusal: err.trim() };
  const statistics = JSON.parse(Deno.readTextFileSync(file));
  Deno.removeSync(file);
  return { records: results(out) as unknown as Line[], statistics };
}
