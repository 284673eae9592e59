import { NOT_OBSERVED, type Result } from "../../contract/spider.ts";

/** What the results of a scan have come to so far. */
export class ScanTally {
  results = 0;
  /** Targets of which not every arm was observed. */
  unobserved = 0;
  /** How many results had each condition. */
  readonly conditions = new Map<string, number>();
  /** Why arms were not observed, and how many each. */
  readonly missed = new Map<string, number>();

  /** Counts a result. */
  count({ conditions, missed = {} }: Pick<Result, "conditions" | "missed">): void {
    this.results++;
    if (conditions.includes(NOT_OBSERVED)) this.unobserved++;
    for (const condition of conditions) add(this.conditions, condition);
    for (const reason of Object.values(missed)) add(this.missed, reason);
  }
}

function add(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
