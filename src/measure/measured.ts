import type { Target } from "../contract/job.ts";
import type { Result } from "../contract/spider.ts";

/** What came of a target. */
export interface Measured {
  readonly result: Result;
  /** Why arms were not observed. */
  readonly missed: readonly string[];
  /** It was measured once more, since chance could have caused what came out. */
  readonly retried: boolean;
  /** What a spider writes that yields jobs. */
  readonly jobs: readonly Target[] | null;
}

/** Measures a target once. Null when that was given up before its end. */
export type Once = () => Promise<Measured | null>;
