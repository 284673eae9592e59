/**
 * The state of something that a measurement needs. `ok`; `warning`: something is not available, or
 * figures suffer; `missing`: it is not there, and no measurement runs; `wrong`: it is there in a
 * way that keeps a measurement from running, or must be put right first.
 */
export type HealthLevel = "ok" | "warning" | "missing" | "wrong";

/** What was found of one thing. The keys are those of the JSON that leaves the program. */
export interface HealthFinding {
  /** What was looked at, in a word or two. */
  readonly name: string;
  readonly level: HealthLevel;
  /** How it is: a phrase without a full stop. */
  readonly found: string;
  /** What follows from it or what to do; a sentence without a full stop, empty when nothing does. */
  readonly advice: string;
}

/** Whether no measurement runs with it. */
export function isFatal({ level }: HealthFinding): boolean {
  return level === "missing" || level === "wrong";
}

/** A finding that all is well. */
export function fine(name: string, found: string, advice = ""): HealthFinding {
  return { name, level: "ok", found, advice };
}
