import { NOT_OBSERVED, type Result } from "../contract/spider.ts";

/** How far the repeats of targets agreed on a condition. */
export interface Agreement {
  /** Targets with the condition in one of their repeats or more. */
  readonly targets: number;
  /** The sum of its shares in the observed repeats of each. */
  readonly shares: number;
}

/** Counts of a run, kept while it goes on. */
export interface Tally {
  /** Targets taken up. */
  started: number;
  /** Targets whose result was handed on. */
  done: number;
  /** Targets that were taken up and have no result, because the run ended early. */
  givenUp: number;
  /** Targets of which not every arm was observed. */
  unobserved: number;
  /** How often each condition came out. */
  readonly conditions: Map<string, number>;
  /** How far repeats agreed on each condition; empty where nothing was repeated. */
  readonly agreement: Map<string, Agreement>;
}

/** A tally of nothing. */
export function emptyTally(): Tally {
  return {
    started: 0,
    done: 0,
    givenUp: 0,
    unobserved: 0,
    conditions: new Map(),
    agreement: new Map(),
  };
}

/** Counts a target's result. */
export function count(tally: Tally, { conditions, agreement = {} }: Result): void {
  tally.done++;
  for (const condition of conditions) {
    tally.conditions.set(condition, (tally.conditions.get(condition) ?? 0) + 1);
  }
  if (conditions.includes(NOT_OBSERVED)) tally.unobserved++;
  for (const [condition, share] of Object.entries(agreement)) {
    const { targets, shares } = tally.agreement.get(condition) ?? { targets: 0, shares: 0 };
    tally.agreement.set(condition, { targets: targets + 1, shares: shares + share });
  }
}
