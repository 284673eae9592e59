import type { KeptRequest } from "../measurements/request.ts";

/** What the process is told, as the first line of its input; targets follow, a line each. */
export interface BatchOrder {
  readonly request: KeptRequest;
  readonly interfaces: readonly string[];
  /** Folders in which plugins are looked for. */
  readonly folders: readonly string[];
}

/** What it writes, a line each. */
export type BatchMessage =
  /** A result, as `spider measure` writes it. */
  | { readonly result: Readonly<Record<string, unknown>> }
  /** Targets that are done or skipped, those that were not observed, and packets that were dropped. */
  | { readonly done: number; readonly unobserved: number; readonly drops: number }
  /** A line of its targets, from 1, that could not be measured, and why. */
  | { readonly skipped: number; readonly problem: string }
  /** One that was measured, and gave no targets for others, of a spider that yields them, and why. */
  | { readonly without_jobs: number; readonly problem: string }
  /** Something for people. */
  | { readonly said: string; readonly level: "info" | "warning" }
  /** The last one: it came to its end. */
  | { readonly ended: BatchEnd };

/** What a batch came to. */
export interface BatchEnd {
  /** How many lines, from the first on, were measured or skipped. */
  readonly taken: number;
  /** Those of them that could not be measured. */
  readonly skipped: number;
  /** Those of the others that gave no targets for others, of a spider that yields them. */
  readonly without_jobs: number;
  /** Targets that were begun, and given up because it was told to end; any of those that were taken. */
  readonly given_up: number;
  /** Why it ended early, as a sentence without a full stop; null when it did not. */
  readonly problem: string | null;
  /** Whether the request itself is at fault, so that no other batch will fare better. */
  readonly hopeless: boolean;
}
