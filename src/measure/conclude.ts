import type { Arm } from "../contract/arm.ts";
import type { MergedFlow, ObservedFlow } from "../contract/flow.ts";
import type { Target } from "../contract/job.ts";
import type { OptionValues } from "../contract/option.ts";
import { NOT_OBSERVED, type SpiderOf } from "../contract/spider.ts";
import type { ConditionNames } from "./condition_names.ts";
import type { Judge } from "./evidence/policy.ts";
import { helpers } from "./helpers.ts";
import { andThen, callPlugin } from "./plugin_call.ts";

/** What is needed to draw conclusions from flows. */
export interface Judging {
  readonly spider: SpiderOf<Target>;
  readonly spiderOptions: OptionValues;
  readonly arms: readonly Arm<Target>[];
  readonly conditionNames: ConditionNames;
}

/** Asks the spider for the conditions of flows. */
export function judgeOf({ arms, spider, spiderOptions, conditionNames }: Judging): Judge {
  return {
    arms: arms.length,
    isDoubtful: (conditions) => conditionNames.doubtful(conditions).length > 0,
    conclude: (flows) =>
      callPlugin(spider, "conclude", () => conclude(spider, conditionNames, flows, spiderOptions)),
  };
}

/** How many of the arms were not observed. */
export function missedFlows(flows: readonly MergedFlow[]): number {
  return flows.reduce((count, flow) => flow.observed ? count : count + 1, 0);
}

/**
 * The conditions of a target: the spider's verdict where every arm was observed, else none. A spider
 * that runs in a worker answers later.
 */
export async function conclude(
  spider: SpiderOf<Target>,
  conditionNames: ConditionNames,
  flows: readonly MergedFlow[],
  options: OptionValues,
): Promise<readonly string[]> {
  return await concludeAtOnce(spider, conditionNames, flows, options);
}

/** The same, at once where the spider does not answer later. */
export function concludeAtOnce(
  spider: SpiderOf<Target>,
  conditionNames: ConditionNames,
  flows: readonly MergedFlow[],
  options: OptionValues,
): readonly string[] | Promise<readonly string[]> {
  const missed = missedFlows(flows);
  if (missed > 0) return [NOT_OBSERVED, `pathspider.missed_flows:${missed}`];
  const concluded = spider.conclude(flows as readonly ObservedFlow[], helpers, options);
  return andThen(concluded, (conditions) => {
    conditionNames.check(conditions);
    // One that is named twice would count twice
    return [...new Set(conditions)];
  });
}
