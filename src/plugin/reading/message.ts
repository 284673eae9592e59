import type { SourceRead } from "./reading.ts";

/** The octet at the end of each request and reply. */
export const LINE_END = 0x0a;

/** What the reading process answers to a request, as one line of JSON. */
export type Reply =
  | { readonly read: SourceRead }
  /** A `Failure`; `where` and `line` are those of a `SourceFailure`. */
  | { readonly failure: string; readonly where?: string; readonly line?: number | null }
  /** A fault in the program itself, with its stack. */
  | { readonly fault: string };
