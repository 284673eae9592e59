import type { Agreement } from "../../../measure/tally.ts";
import type { SkippedLine } from "../../../target/skipped.ts";
import { count, counted, duration, rate } from "../../../host/quantity.ts";
import { tableLines } from "../../terminal/table.ts";

/** Lines that could not be used: how many, and the first of them. */
export interface SkippedCount {
  readonly count: number;
  readonly first: readonly SkippedLine[];
}

/** What a measurement came to. */
export interface Summary {
  /** Targets that were measured. */
  readonly done: number;
  /** Targets that were left out, since an earlier run had written their results. */
  readonly alreadyDone?: number;
  readonly skipped: SkippedCount;
  /** Targets of `done` that gave no jobs, of a spider that yields them. */
  readonly withoutJobs?: SkippedCount;
  /** Targets of `done` whose flows were not observed. */
  readonly unobserved: number;
  /** Why arms were not observed, and how many each. */
  readonly missed?: ReadonlyMap<string, number>;
  /** Packets that the kernel dropped. */
  readonly drops: number;
  /** How long it took, in seconds. */
  readonly seconds: number;
  /** How many targets had each condition. */
  readonly conditions: ReadonlyMap<string, number>;
  /** How far repeats agreed on each condition. */
  readonly agreement?: ReadonlyMap<string, Agreement>;
  /** Targets that were begun and have no result. */
  readonly givenUp?: number;
  /** It was ended before all targets were measured. */
  readonly interrupted: boolean;
  /** What was warned of while it ran. */
  readonly warnings?: readonly string[];
}

/** The most conditions that are listed. */
const LISTED = 40;

/** The summary as lines of text, warnings last, where they stay in sight. */
export function summaryText(summary: Summary): string {
  const { done, seconds } = summary;
  const head = `${counted(done, "target")} in ${duration(seconds)} (${rate(done, seconds)}/s)`;
  const left = summary.alreadyDone ?? 0;
  const before = left === 0 ? [] : [`${counted(left, "target")} had been measured before`];
  const lines = [
    head,
    ...before,
    ...conditionLines(summary.conditions),
    ...agreementLines(summary.agreement ?? new Map()),
    ...warnings(summary),
  ];
  return lines.join("\n") + "\n";
}

/** In how many repeats a condition came out, of the targets that had it at all; the least first. */
function agreementLines(agreement: ReadonlyMap<string, Agreement>): string[] {
  if (agreement.size === 0) return [];
  const sorted = [...agreement]
    .map(([name, { targets, shares }]) => ({ name, targets, share: shares / targets }))
    .sort((a, b) => a.share - b.share || (a.name < b.name ? -1 : 1));
  const lines = sorted.slice(0, LISTED).map(({ name, targets, share }) =>
    `  ${(share * 100).toFixed(1).padStart(5)} % of the repeats of ` +
    `${counted(targets, "target")}  ${name}`
  );
  const rest = sorted.length - LISTED;
  if (rest > 0) lines.push(`  and ${counted(rest, "condition")} more`);
  return ["agreement:", ...lines];
}

/** How many targets had each condition, the most first. */
export function conditionLines(conditions: ReadonlyMap<string, number>): string[] {
  const sorted = [...conditions].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
  const lines = tableLines(
    [{ align: "right" }, {}],
    sorted.slice(0, LISTED).map(([name, n]) => [count(n), name]),
    { indent: 2 },
  );
  const rest = sorted.length - LISTED;
  return rest > 0 ? [...lines, `  and ${counted(rest, "condition")} more`] : lines;
}

function warnings(summary: Summary): string[] {
  const { interrupted, givenUp = 0, skipped, withoutJobs, unobserved, missed, drops, done } =
    summary;
  const lines: string[] = [];
  if (interrupted) lines.push("warning: interrupted, so not every target was measured");
  if (givenUp > 0) {
    lines.push(`warning: ${counted(givenUp, "target")} begun and given up, without a result`);
  }
  lines.push(...skippedLines(skipped));
  if (withoutJobs !== undefined && withoutJobs.count > 0) {
    lines.push(
      `warning: ${counted(withoutJobs.count, "target")} gave no jobs`,
      ...firstOf(withoutJobs),
    );
  }
  if (unobserved > 0) {
    lines.push(
      `warning: ${count(unobserved)} of ${counted(done, "target")} not observed; ` +
        "nothing is concluded about their paths",
    );
    for (const [reason, arms] of missed ?? []) lines.push(`  ${counted(arms, "arm")}: ${reason}`);
  }
  lines.push(...(summary.warnings ?? []).map((text) => `warning: ${text}`));
  if (drops > 0) {
    lines.push(
      `warning: the kernel dropped ${counted(drops, "packet")}; try fewer --workers or a --rate`,
    );
  }
  return lines;
}

/** The warning of lines that could not be used; empty when there are none. */
export function skippedLines(skipped: SkippedCount): string[] {
  if (skipped.count === 0) return [];
  return [`warning: ${counted(skipped.count, "line")} of the input skipped`, ...firstOf(skipped)];
}

function firstOf({ count: all, first }: SkippedCount): string[] {
  const lines = first.map(({ line, problem }) => `  line ${line}: ${problem}`);
  const rest = all - first.length;
  return rest > 0 ? [...lines, `  and ${count(rest)} more`] : lines;
}
