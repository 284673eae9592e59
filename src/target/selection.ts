import type { Job } from "../contract/job.ts";
import type { PrefixSet } from "./prefix.ts";
import { Seen } from "./seen.ts";

/** Which jobs are wanted. Missing members exclude nothing. */
export interface Wanted {
  /** The address family. */
  readonly family?: 4 | 6 | undefined;
  /** Addresses that are wanted; empty: all. */
  readonly prefixes: PrefixSet;
  /** Addresses that are not. */
  readonly excluded: PrefixSet;
  /** Addresses that must not be measured, from opt-out lists. */
  readonly blocked: PrefixSet;
  /** Each job once only. */
  readonly unique: boolean;
}

/** Why jobs were left out, in the order of the checks. */
export const REASONS = ["family", "prefix", "excluded", "blocked", "duplicate"] as const;

/** One of {@linkcode REASONS}. */
export type Reason = typeof REASONS[number];

/** Decides job by job which are wanted, and counts. */
export class Selection {
  readonly #wanted: Wanted;
  readonly #seen = new Seen();
  /** How many jobs were wanted. */
  kept = 0;
  /** How many were not, by the first reason that applied. */
  readonly left: Readonly<Record<Reason, number>>;
  readonly #left: Record<Reason, number>;

  constructor(wanted: Wanted) {
    this.#wanted = wanted;
    this.left = this.#left = { family: 0, prefix: 0, excluded: 0, blocked: 0, duplicate: 0 };
  }

  /** Whether the next job is wanted. */
  takes(job: Job): boolean {
    const reason = this.#reason(job);
    if (reason === null) this.kept++;
    else this.#left[reason]++;
    return reason === null;
  }

  #reason(job: Job): Reason | null {
    const { family, prefixes, excluded, blocked, unique } = this.#wanted;
    if (family !== undefined && family !== (job.dip.includes(":") ? 6 : 4)) return "family";
    if (prefixes.size > 0 && !prefixes.has(job.dip)) return "prefix";
    if (excluded.has(job.dip)) return "excluded";
    if (blocked.has(job.dip)) return "blocked";
    return unique && !this.#seen.add(job) ? "duplicate" : null;
  }
}
