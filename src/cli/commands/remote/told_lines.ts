import type { SkippedLine } from "../../../target/skipped.ts";

/** How many are kept. */
const KEPT = 5;

/** The first lines of those that a server tells of, in any order; again, where it measures a turn again. */
export class ToldLines {
  #first: readonly SkippedLine[] = [];

  add(told: SkippedLine): void {
    this.#first = firstOf([...this.#first.filter(({ line }) => line !== told.line), told]);
  }

  /** The first of these and of others. */
  with(others: readonly SkippedLine[]): readonly SkippedLine[] {
    return firstOf([...this.#first, ...others]);
  }
}

function firstOf(lines: readonly SkippedLine[]): readonly SkippedLine[] {
  return lines.toSorted((a, b) => a.line - b.line).slice(0, KEPT);
}
