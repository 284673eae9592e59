/** A line that was passed over, and why. */
export interface SkippedLine {
  readonly line: number;
  readonly problem: string;
}

/** How many skipped lines are kept by number; the rest are counted. */
const KEPT = 5;

/** Counts lines that could not be used, and keeps the first few. */
export class Skipped {
  readonly first: SkippedLine[] = [];
  count = 0;

  add({ line, problem }: SkippedLine): void {
    this.count++;
    if (this.first.length < KEPT) this.first.push({ line, problem });
  }
}
