import type { Difference } from "../compare.ts";

/** In which readings a difference is: of the innermost packets, of the outermost ones, or of both. */
export type Reading = "both" | "innermost" | "outermost";

/** A difference, and where it is. */
export interface ReadDifference extends Difference {
  readonly reading: Reading;
}

/** What came of a capture. */
export type Verdict = Judged | NotJudged | NoCapture;

/** Both programs' readings were compared, of the innermost packets and of the outermost. */
export interface Judged {
  readonly kind: "judged";
  readonly packets: number;
  /** Flows of both readings. */
  readonly flows: number;
  /** Values of fields that were compared. */
  readonly fields: number;
  /** Packets of flows that were left out, by the reason. */
  readonly left_out: Readonly<Record<string, number>>;
  /** How many differences there are, and the first ones. */
  readonly differences: number;
  readonly shown: readonly ReadDifference[];
  /** What limits the comparison, each a sentence without its end: a file that breaks off, a bound. */
  readonly notes: readonly string[];
}

/** There was nothing to compare. */
export interface NotJudged {
  readonly kind: "not judged";
  /** Why, as captures are counted by it. */
  readonly why: string;
  /** The same in detail. */
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

export function notJudged(why: string, reason: string): NotJudged {
  return { kind: "not judged", why, reason };
}
