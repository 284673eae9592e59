import { isAddress } from "../../host/address.ts";
import { ProblemError } from "../http/problem.ts";
import type { MeasurementRequest } from "./request.ts";

/** Targets that stand in a request itself. */
export type InlineTargets = Extract<MeasurementRequest["targets"], readonly unknown[]>;

/** Characters of a target as JSON, at most. */
const LONGEST = 4096;

/**
 * Targets of a request as lines of JSON, one each.
 *
 * @throws {ProblemError} 422 for one that is too long
 */
export function targetLines(targets: InlineTargets): string[] {
  return targets.map((target, at) => {
    const job = typeof target !== "string"
      ? target
      : isAddress(target)
      ? { dip: target }
      : { domain: target };
    const line = JSON.stringify(job);
    if (line.length <= LONGEST) return line;
    throw new ProblemError(422, `target ${at + 1} is longer than ${LONGEST} characters`, {
      errors: [{ in: "body", at: `/targets/${at}`, detail: "is too long" }],
    });
  });
}
