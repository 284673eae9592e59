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
}

/** A tally of nothing. */
export function emptyTally(): Tally {
  return { started: 0, done: 0, givenUp: 0, unobserved: 0, conditions: new Map() };
}
