import type { Job } from "../contract/job.ts";
import type { Result } from "../contract/spider.ts";

/** What came of a target. */
export interface Measured {
  readonly result: Result;
  /** What a spider writes that yields jobs. */
  readonly jobs: readonly Job[] | null;
}

/** Measures a target once. Null when that was given up before its end. */
export type Once = () => Promise<Measured | null>;
