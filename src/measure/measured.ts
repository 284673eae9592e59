import type { MergedFlow } from "../contract/flow.ts";
import type { Target } from "../contract/job.ts";
import type { Result } from "../contract/spider.ts";

/** The outcome of measuring a target. */
export interface Measured {
  readonly result: Result;
  /** Each arm's joined record. */
  readonly flows: readonly MergedFlow[];
  /** Why nothing is concluded, an entry for each arm that has a reason. */
  readonly missed: readonly string[];
  /** More than one flow of each arm was opened, since chance could have caused the conclusion. */
  readonly retried: boolean;
  /** The jobs of a spider that yields jobs. */
  readonly jobs: readonly Target[] | null;
}
