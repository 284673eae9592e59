import type { Run } from "./records.ts";

/** A share that is another one than in the run before. */
export interface Change {
  readonly run: number;
  readonly time: string;
  readonly condition: string;
  /** Shares of the results, from 0 to 1. */
  readonly from: number;
  readonly to: number;
}

/** Standard deviations beyond which two runs differ by more than chance. */
const BEYOND_CHANCE = 3;

/**
 * Changes from run to run that are more than chance would make of as many results: by the difference of
 * two shares (the two-proportion z-test with a pooled share).
 */
export function changesIn(runs: readonly Run[]): Change[] {
  const names = new Set(runs.flatMap(({ conditions }) => Object.keys(conditions)));
  return runs.flatMap((run, at) => {
    const before = runs[at - 1];
    if (before === undefined || before.results === 0 || run.results === 0) return [];
    return [...names].flatMap((condition) => {
      const [was, is] = [before.conditions[condition] ?? 0, run.conditions[condition] ?? 0];
      const [from, to] = [was / before.results, is / run.results];
      const pooled = (was + is) / (before.results + run.results);
      const deviation = Math.sqrt(
        pooled * (1 - pooled) * (1 / before.results + 1 / run.results),
      );
      if (deviation === 0 || Math.abs(to - from) < BEYOND_CHANCE * deviation) return [];
      return [{ run: run.run, time: run.time, condition, from, to }];
    });
  });
}
