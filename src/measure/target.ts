import type { ObservedFlow } from "../contract/flow.ts";
import type { Target } from "../contract/job.ts";
import { judgeOf, type Judging, missedFlows } from "./conclude.ts";
import type { MeasureContext } from "./context.ts";
import { Evidence } from "./evidence/evidence.ts";
import { type Finding, findOut } from "./evidence/policy.ts";
import { flowsOf, lineOf } from "./line.ts";
import type { Measured } from "./measured.ts";
import { callPlugin } from "./plugin_call.ts";
import { repeated } from "./repeat.ts";
import type { ArmResult } from "./run_arm.ts";
import type { Admission } from "./schedule/schedule.ts";
import { TargetFlows } from "./target_flows.ts";

/**
 * Measures one target, as often as is asked for. Null when the run was aborted.
 *
 * @param number which target of the run it is, from 0
 */
export async function measureTarget(
  context: MeasureContext,
  job: Target,
  number: number,
  admission: Admission,
  overlaps: boolean,
): Promise<Measured | null> {
  const { spider, spiderOptions, repeat, conditionNames } = context;
  const prepared = spider.preConnect === undefined
    ? undefined
    : await callPlugin(spider, "preConnect", () => spider.preConnect!(job, spiderOptions));
  const flows = new TargetFlows(context, { job, prepared, number }, admission, overlaps);
  if (repeat > 1) {
    return await repeated(() => measureOnce(context, job, flows), repeat, conditionNames);
  }
  return await measureOnce(context, job, flows);
}

async function measureOnce(
  context: MeasureContext,
  job: Target,
  flows: TargetFlows,
): Promise<Measured | null> {
  const finding = await findOut(flows, context.judge, context.clock);
  return finding === null ? null : await measuredOf(context, job, finding);
}

/** What is concluded of one flow of each arm, without asking for more. */
export async function measuredOnce(
  context: Judging & Pick<MeasureContext, "outputFlows">,
  job: Target,
  results: readonly ArmResult[],
): Promise<Measured> {
  const flows = results.map(({ flow }) => flow);
  const conditions = await judgeOf(context).conclude(flows);
  const evidence = () => new Evidence(flows.length, [{ turn: 0, flows }]).summary();
  const began = Math.min(...results.map(({ connection }) => connection.start));
  const finding = { conditions, flows, results, evidence, missed: {}, began, confirmed: false };
  return await measuredOf(context, job, finding);
}

/** The line of output of a target. */
async function measuredOf(
  { spider, spiderOptions, outputFlows }: Judging & Pick<MeasureContext, "outputFlows">,
  job: Target,
  { conditions, flows, results, evidence, missed, began, confirmed }: Finding,
): Promise<Measured> {
  const connections = results.map(({ connection }) => connection);
  const sip = connections.find(({ local }) => local !== null)?.local?.address ?? null;
  const ended = Math.max(...connections.map(({ stop }) => stop));
  const result = {
    ...lineOf(job, { sip, began, ended, conditions, missed }),
    ...(outputFlows ? flowsOf(flows, evidence()) : {}),
  };
  const observed = flows as readonly ObservedFlow[];
  const jobs = spider.jobs === undefined
    ? null
    : missedFlows(flows) > 0
    ? []
    : await callPlugin(spider, "jobs", () => spider.jobs!(job, observed, spiderOptions));
  return { result, flows, jobs, missed: Object.values(missed), retried: confirmed };
}
