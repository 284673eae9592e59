import type { Journal } from "../../../host/journal.ts";
import type { ResultsFolder } from "../result/results_folder.ts";
import type { EventBus } from "./events.ts";

/** What all tests of a run have in common. */
export interface RunContext {
  readonly bus: EventBus;
  readonly results: ResultsFolder;
  readonly journal: Journal;
  readonly seed: number;
  /** What tells things of this run from those of another on this machine. */
  readonly suffix: string;
  /** Words for the program itself where it is started again, such as which plugins it trusts. */
  readonly own: readonly string[];
  /** Whether numbers are collected. */
  readonly metrics: boolean;
  /** Is given sentences for people. */
  readonly told: (sentence: string) => void;
  /** A new folder that is gone with the run. */
  readonly temporary: () => string;
}
