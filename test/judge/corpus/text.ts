import { lineOf } from "../compare.ts";
import type { Summary } from "./corpus.ts";
import type { Verdict } from "./verdict.ts";

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
    ...shown.map((difference) => `  ${lineOf(difference)}`),
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

/** The last line. */
export function summaryLine(summary: Summary): string {
  const { captures, not_judged: unjudged, no_captures: none, differing } = summary;
  return `${captures} captures (${unjudged} not judged, ${none} other files), ` +
    `${summary.packets} packets, ${summary.flows} flows, ${summary.fields} fields compared, ` +
    `${summary.differences} differences in ${differing} captures`;
}
