import type { Difference } from "../compare.ts";

/** What came of a capture. */
export type Verdict = Judged | NotJudged | NoCapture;

/** Both readings were compared. */
export interface Judged {
  readonly kind: "judged";
  readonly packets: number;
  readonly flows: number;
  /** Values of fields that were compared. */
  readonly fields: number;
  /** How many differences there are, and the first ones. */
  readonly differences: number;
  readonly shown: readonly Difference[];
  /** What limits the comparison, each a sentence without its end: a file that breaks off, a bound. */
  readonly notes: readonly string[];
}

/** There was nothing to compare. */
export interface NotJudged {
  readonly kind: "not judged";
  readonly reason: string;
}

/** It is packed, and what is in it is no capture. */
export interface NoCapture {
  readonly kind: "no capture";
}

/** What one capture may use, and how much is printed of it. */
export interface Limits {
  readonly packets: number;
  readonly seconds: number;
  /** Octets of memory for tshark, and for objects of the judging process. */
  readonly memory: number;
  /** Differences that are shown. */
  readonly lines: number;
}
