/** Counts of a run, kept while it goes on. */
export interface Tally {
  /** Targets taken up. */
  started: number;
  /** Targets whose result was handed on. */
  done: number;
  /** Targets of which not every arm was observed. */
  unobserved: number;
  /** Why arms were not observed, and how many each. */
  readonly missed: Map<string, number>;
  /** Targets that were measured once more, since chance could have caused what came out. */
  retries: number;
  /** How often each condition came out. */
  readonly conditions: Map<string, number>;
}

/** A tally of nothing. */
export function emptyTally(): Tally {
  return {
    started: 0,
    done: 0,
    unobserved: 0,
    missed: new Map(),
    retries: 0,
    conditions: new Map(),
  };
}

/** Counts one more under a name. */
export function countOne(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
