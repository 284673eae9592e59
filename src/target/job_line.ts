import type { Job, Target } from "../contract/job.ts";
import type { Needs } from "./check.ts";

/** One line of input: a job, or a short sentence that says why it is none. */
export type JobLine<J extends Target = Job> =
  | { readonly line: number; readonly job: J }
  | { readonly line: number; readonly problem: string };

/**
 * Reads the text of one line. A string is the problem with it, null a line without a target; a
 * target has what is needed.
 */
export type LineReader = (text: string, needs: Needs) => Target | string | null;
