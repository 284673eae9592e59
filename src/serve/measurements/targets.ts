import { isDeeper } from "../../host/nesting.ts";
import { checkJob, type Needs } from "../../target/check.ts";
import { readHost } from "../../target/read.ts";
import { targetProblem } from "../lists/target_problem.ts";
import type { MeasurementRequest } from "./request.ts";

/** Targets that stand in a request itself. */
export type InlineTargets = Extract<MeasurementRequest["targets"], readonly unknown[]>;

/** Characters of a target as JSON, at most. */
const LONGEST = 4096;
/** How deep a target may be nested. */
const DEPTH = 100;

/** A target that cannot be measured. */
export interface TargetFault {
  /** Its place among all, from 0. */
  readonly at: number;
  readonly problem: string;
}

/**
 * Targets of a request as lines of JSON, one each, and which of them cannot be measured. A text is read as a
 * line of a list would be.
 *
 * @param needs what each must have
 */
export function targetLines(
  targets: InlineTargets,
  needs: Needs,
): { readonly lines: readonly string[]; readonly faults: readonly TargetFault[] } {
  const lines: string[] = [];
  const faults: TargetFault[] = [];
  for (const [at, target] of targets.entries()) {
    const read = lineOf(target, needs);
    if ("line" in read) lines.push(read.line);
    else faults.push({ at, problem: targetProblem(read.problem) });
  }
  return { lines, faults };
}

function lineOf(
  target: InlineTargets[number],
  needs: Needs,
): { readonly line: string } | { readonly problem: string } {
  if (isDeeper(target, DEPTH)) return { problem: `nested more than ${DEPTH} deep` };
  const job = typeof target === "string" ? readHost(target.trim(), needs) : checkJob(target, needs);
  if (typeof job === "string") return { problem: job };
  const line = JSON.stringify(job);
  return line.length > LONGEST ? { problem: `longer than ${LONGEST} characters` } : { line };
}

/** How many targets of a list are tried at most. */
export const TRIED = 1000;

/**
 * Why a list cannot be measured, of which not one of the first targets has what is needed; null where one has.
 *
 * @param lines these targets as lines of JSON
 */
export function listProblem(lines: readonly string[], needs: Needs): string | null {
  let first: string | null = null;
  for (const line of lines) {
    const job = checkJob(JSON.parse(line), needs);
    if (typeof job !== "string") return null;
    first ??= job;
  }
  return first === null ? null : targetProblem(first);
}
