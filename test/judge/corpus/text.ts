import { lineOf } from "../compare.ts";
import type { Summary } from "./corpus.ts";
import type { Reading, Verdict } from "./verdict.ts";

/** What stands behind a difference that is in one of two readings. */
const ONLY: Readonly<Record<Reading, string>> = {
  both: "",
  innermost: " (not with --no-decap)",
  outermost: " (with --no-decap alone)",
};

/** What is printed of a capture: nothing where all agrees and was compared to its end. */
export function linesOf(path: string, verdict: Verdict): string[] {
  if (verdict.kind === "no capture") return [];
  if (verdict.kind === "not judged") return [`${path}: not judged: ${verdict.reason}`];
  const { flows, fields, differences, shown, notes } = verdict;
  const noted = notes.map((note) => `  (${note})`);
  if (differences === 0) return notes.length > 0 ? [`${path}: no difference`, ...noted] : [];
  const hidden = differences - shown.length;
  return [
    `${path}: ${differences} differences in ${fields} fields of ${flows} flows`,
    ...shown.map((difference) => `  ${lineOf(difference)}${ONLY[difference.reading]}`),
    ...hidden > 0 ? [`  and ${hidden} more`] : [],
    ...noted,
  ];
}

/** How far it is. */
export function progressLine(
  { captures, not_judged: unjudged, no_captures: none, differing }: Summary,
  files: number,
): string {
  const done = captures + unjudged + none;
  return `${done} of ${files} files, ${captures} captures, ${differing} of them differ, ` +
    `${unjudged} not judged`;
}

/** The last lines: what was left out by the reason, and the sums. */
export function summaryLines(summary: Summary): string[] {
  const { captures, not_judged: unjudged, no_captures: none, differing } = summary;
  return [
    ...leftOut(summary.captures_left_out, "captures"),
    ...leftOut(summary.packets_left_out, "packets"),
    `${captures} captures (${unjudged} not judged, ${none} other files), ` +
    `${summary.packets} packets, ${summary.flows} flows, ${summary.fields} fields compared, ` +
    `${summary.differences} differences in ${differing} captures`,
  ];
}

function leftOut(counts: Readonly<Record<string, number>>, of: string): string[] {
  return Object.entries(counts).map(([why, count]) => `not judged: ${count} ${of}: ${why}`);
}
