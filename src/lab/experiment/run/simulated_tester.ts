import { simulate } from "../../simulated/simulate.ts";
import type { GroupPlan, PlannedTester } from "../plan/experiment_plan.ts";
import { simulationOf } from "../plan/simulation.ts";
import { readResult } from "./spider_tester.ts";
import type { TesterOutcome } from "./tester.ts";

/** Measures all targets with a spider in a simulated network, in this process. */
export async function runSimulated(
  group: GroupPlan,
  tester: PlannedTester,
  signal: AbortSignal,
): Promise<TesterOutcome> {
  const raw: string[] = [];
  const log: string[] = [];
  const run = {
    ...simulationOf(group, tester),
    skipped: ({ dip }: { readonly dip?: string }, problem: string) => {
      log.push(`${dip}: ${problem}\n`);
    },
    fault: (sentence: string) => {
      log.push(`${sentence}\n`);
    },
  };
  for await (const result of simulate(run, signal)) raw.push(JSON.stringify(result));
  return {
    results: raw.map((line) => readResult(JSON.parse(line), tester.name)),
    raw,
    log: log.join(""),
    problem: null,
  };
}
