import type { Job } from "../contract/job.ts";

/** One line of input: a job, or a short sentence that says why it is none. */
export type JobLine =
  | { readonly line: number; readonly job: Job }
  | { readonly line: number; readonly problem: string };

/** Reads the text of one line. A string is the problem with it, null a line that is no target. */
export type LineReader = (text: string) => Job | string | null;
