/** A line that was skipped, and why. */
export interface SkippedLine {
  readonly line: number;
  readonly problem: string;
}

/** How many skipped lines are kept by number; the rest are counted. */
const KEPT = 5;

/** How many different reasons are counted; lines with others are counted together. */
const REASONS = 20;
const OTHER = "other reasons";

/** Counts lines that could not be used, and keeps the first few. */
export class Skipped {
  readonly first: SkippedLine[] = [];
  /** How many lines were skipped for each reason, ignoring quoted values. */
  readonly reasons = new Map<string, number>();
  count = 0;

  add({ line, problem }: SkippedLine): void {
    this.count++;
    if (this.first.length < KEPT) this.first.push({ line, problem });
    const reason = withoutValues(problem);
    const kept = this.reasons.has(reason) || this.reasons.size < REASONS ? reason : OTHER;
    this.reasons.set(kept, (this.reasons.get(kept) ?? 0) + 1);
  }
}

/** A problem without its quoted values: the same for all lines that have it. */
function withoutValues(problem: string): string {
  return problem.replace(/"(?:[^"\\]|\\.)*"?(\.\.\.)?/g, "...");
}
