import { NOT_OBSERVED } from "../contract/spider.ts";
import type { Measured } from "./measured.ts";

/** How far the repeats of targets agreed on a condition. */
export interface Agreement {
  /** Targets with the condition in one of their repeats or more. */
  readonly targets: number;
  /** The sum of its shares in the observed repeats of each. */
  readonly shares: number;
}

/** Counts of a run, updated while it runs. */
export interface Tally {
  /** Targets taken up. */
  started: number;
  /** Targets whose result was yielded. */
  done: number;
  /** Targets about which nothing is concluded. */
  unobserved: number;
  /** Targets of which a connection was observed at least. */
  seen: number;
  /** Why arms were not observed, and how many each. */
  readonly missed: Map<string, number>;
  /** Targets that were measured once more, since chance could have caused what came out. */
  retries: number;
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
    unobserved: 0,
    seen: 0,
    missed: new Map(),
    retries: 0,
    conditions: new Map(),
    agreement: new Map(),
  };
}

/** What is counted of the outcome of a target. */
type Counted = Pick<Measured, "flows" | "missed" | "retried"> & {
  readonly result: Pick<Measured["result"], "conditions" | "agreement">;
};

/** Counts the outcome of a target. */
export function count(tally: Tally, { result, flows, missed, retried }: Counted): void {
  const { conditions, agreement = {} } = result;
  tally.done++;
  if (flows.some(({ observed }) => observed)) tally.seen++;
  for (const condition of conditions) countOne(tally.conditions, condition);
  for (const reason of missed) countOne(tally.missed, reason);
  if (retried) tally.retries++;
  if (conditions.includes(NOT_OBSERVED)) tally.unobserved++;
  for (const [condition, share] of Object.entries(agreement)) {
    const { targets, shares } = tally.agreement.get(condition) ?? { targets: 0, shares: 0 };
    tally.agreement.set(condition, { targets: targets + 1, shares: shares + share });
  }
}

/** Counts one more under a name. */
function countOne(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
