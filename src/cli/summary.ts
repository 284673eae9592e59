import type { SkippedLine } from "../target/skipped.ts";
import { count, counted, duration, rate } from "./quantity.ts";

/** What a measurement came to. */
export interface Summary {
  /** Targets that were measured. */
  readonly done: number;
  /** Lines that could not be used: how many, and the first of them. */
  readonly skipped: { readonly count: number; readonly first: readonly SkippedLine[] };
  /** Targets of `done` that gave no jobs, of a spider that yields them; likewise. */
  readonly barren?: { readonly count: number; readonly first: readonly SkippedLine[] };
  /** Targets of `done` whose flows were not observed. */
  readonly unobserved: number;
  /** Packets that the kernel dropped. */
  readonly drops: number;
  /** How long it took, in seconds. */
  readonly seconds: number;
  /** How many targets had each condition. */
  readonly conditions: ReadonlyMap<string, number>;
  /** It was ended before all targets were measured. */
  readonly interrupted: boolean;
}

/** The most conditions that are listed. */
const LISTED = 40;

/** The summary as lines of text, warnings last, where they stay in sight. */
export function summaryText(summary: Summary): string {
  const { done, seconds } = summary;
  const head = `${counted(done, "target")} in ${duration(seconds)} (${rate(done, seconds)}/s)`;
  return [head, ...conditionLines(summary.conditions), ...warnings(summary)].join("\n") + "\n";
}

function conditionLines(conditions: ReadonlyMap<string, number>): string[] {
  const sorted = [...conditions].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
  const width = count(sorted[0]?.[1] ?? 0).length;
  const lines = sorted.slice(0, LISTED).map(([name, n]) =>
    `  ${count(n).padStart(width)}  ${name}`
  );
  const rest = sorted.length - LISTED;
  return rest > 0 ? [...lines, `  and ${counted(rest, "condition")} more`] : lines;
}

function warnings({ interrupted, skipped, barren, unobserved, drops, done }: Summary): string[] {
  const lines: string[] = [];
  if (interrupted) lines.push("warning: interrupted, so not every target was measured");
  if (skipped.count > 0) {
    lines.push(`warning: ${counted(skipped.count, "line")} of the input skipped`);
    lines.push(...firstOf(skipped));
  }
  if (barren !== undefined && barren.count > 0) {
    lines.push(`warning: nothing came of ${counted(barren.count, "target")}`, ...firstOf(barren));
  }
  if (unobserved > 0) {
    lines.push(
      `warning: ${count(unobserved)} of ${counted(done, "target")} not observed; ` +
        "nothing is said about their paths",
    );
  }
  if (drops > 0) {
    lines.push(
      `warning: the kernel dropped ${counted(drops, "packet")}; try fewer --workers or a --rate`,
    );
  }
  return lines;
}

function firstOf({ count: all, first }: Summary["skipped"]): string[] {
  const lines = first.map(({ line, problem }) => `  line ${line}: ${problem}`);
  const rest = all - first.length;
  return rest > 0 ? [...lines, `  and ${count(rest)} more`] : lines;
}
