import { describedPlan } from "../../../../lab/experiment/plan/described_plan.ts";
import type { Context } from "../../../command.ts";
import { output } from "../../../output.ts";
import { findingOf } from "../../../plugin_options.ts";
import { experimentSource, plannedExperiment } from "../experiment_source.ts";
import type { PlanInvocation } from "./options.ts";
import { planText } from "./plan_text.ts";

/** Runs `spider experiment plan`. */
export async function run(
  { options, positionals }: PlanInvocation,
  streams: Context,
): Promise<number> {
  const source = await experimentSource(positionals[0]!, streams.stdin);
  const described = describedPlan(
    await plannedExperiment(source, findingOf(options, streams), options),
  );
  output(streams.stdout, options.json, described, () => planText(described).join("\n"));
  return 0;
}
