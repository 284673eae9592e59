import type { MergedFlow } from "../contract/flow.ts";
import type { Target } from "../contract/job.ts";
import { type ArmEvidence, NOT_OBSERVED, type Result } from "../contract/spider.ts";
import { missedFlows } from "./conclude.ts";
import { rfc3339 } from "./time.ts";

/** What a target's line of output tells. Times are in milliseconds since 1970. */
export interface LineParts {
  /** Our address; null when no arm got one. */
  readonly sip: string | null;
  readonly began: number;
  readonly ended: number;
  readonly conditions: readonly string[];
  /** Why nothing is concluded, by the name of the arm. */
  readonly missed: Readonly<Record<string, string>>;
}

/** The line of output of a target, with the job's own keys. */
export function lineOf(
  job: Target,
  { sip, began, ended, conditions, missed }: LineParts,
): Result {
  return {
    ...job,
    sip,
    path: [sip ?? "*", "*", job.dip ?? "*"],
    time: { from: rfc3339(began), to: rfc3339(ended) },
    conditions,
    ...(conditions.includes(NOT_OBSERVED) ? { missed } : {}),
  };
}

/** What a line has besides with `--output-flows`: each arm's record, and the outcomes of its flows. */
export function flowsOf(
  flows: readonly MergedFlow[],
  evidence: Readonly<Record<string, ArmEvidence>>,
): Pick<Result, "evidence" | "flow_results" | "missed_flows"> {
  return { evidence, flow_results: flows, missed_flows: missedFlows(flows) };
}
