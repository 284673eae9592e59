import type { Need } from "./needs.ts";
import type { Shell } from "./shell.ts";

/** One step: what it is about, and what is done. */
export interface Step {
  readonly title: string;
  readonly about: string;
  /** What it takes besides this program: where that is not there, the step is only told. */
  readonly needs?: readonly Need[];
  run(shell: Shell): void | Promise<void>;
}

/** A lesson about one thing that can be written. */
export interface Lesson {
  /** One line for lists, without a full stop. */
  readonly about: string;
  /** What it begins with, before the name of the folder; a sentence without its end. */
  readonly title: string;
  /** All steps, in order. Each builds on those before it. */
  readonly steps: readonly Step[];
}
