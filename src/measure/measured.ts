import type { MergedFlow } from "../contract/flow.ts";
import type { Target } from "../contract/job.ts";
import type { Result } from "../contract/spider.ts";

/** What came of a target. */
export interface Measured {
  readonly result: Result;
  /** Each arm's joined record. */
  readonly flows: readonly MergedFlow[];
  /** Why arms were not observed. */
  readonly missed: readonly string[];
  /** It was measured more than once, since chance could have caused what came out. */
  readonly retried: boolean;
  /** What a spider writes that yields jobs. */
  readonly jobs: readonly Target[] | null;
}

/**
 * Measures a target once. Null when that was given up before its end.
 *
 * @param baselineLast whether the first arm is to begin when the others have ended
 */
export type Once = (baselineLast: boolean) => Promise<Measured | null>;
