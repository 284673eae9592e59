import type { Arm } from "../contract/arm.ts";
import { STATE } from "../contract/connection.ts";
import type { ObservedFlow } from "../contract/flow.ts";
import type { Target } from "../contract/job.ts";
import { conclude, missedFlows } from "./conclude.ts";
import { confirmed } from "./confirm.ts";
import type { Measured } from "./measured.ts";
import { callPlugin } from "./plugin_call.ts";
import { type ArmBench, type ArmResult, type ArmRun, runArm } from "./run_arm.ts";
import { rfc3339 } from "./time.ts";
import type { Vocabulary } from "./vocabulary.ts";

/** What it takes to measure targets. */
export interface Bench extends ArmBench {
  readonly arms: readonly Arm<Target>[];
  readonly vocabulary: Vocabulary;
  readonly outputFlows: boolean;
}

/**
 * Measures one target, as often as chance makes needful. Null when the run was given up before its
 * end.
 */
export async function measureTarget(bench: Bench, job: Target): Promise<Measured | null> {
  const { spider, spiderOptions, vocabulary } = bench;
  const prepared = spider.preConnect === undefined
    ? undefined
    : await callPlugin(spider, "preConnect", () => spider.preConnect!(job, spiderOptions));
  return await confirmed(
    (baselineLast) => measureOnce(bench, job, prepared, baselineLast),
    vocabulary,
  );
}

/** Runs all arms at once, or the first when the others have ended, if none of them waits for it. */
async function runArms(
  bench: Bench,
  job: Target,
  prepared: unknown,
  baselineLast: boolean,
): Promise<ArmResult[]> {
  const [baseline, ...others] = bench.arms.map((arm, config) => ({ job, arm, config, prepared }));
  const waited = others.some(({ arm }) => arm.after === baseline!.arm.name);
  if (!baselineLast || waited) return await runTogether(bench, [baseline!, ...others]);
  const results = await runTogether(bench, others);
  return [await runArm(bench, baseline!), ...results];
}

/** Runs arms at once, but for those that wait for another. */
function runTogether(bench: Bench, runs: readonly ArmRun[]): Promise<ArmResult[]> {
  const begun = new Map<string, Promise<ArmResult>>();
  for (const one of runs) {
    const { name, after } = one.arm;
    const run = () => runArm(bench, one);
    begun.set(name, after === undefined ? run() : begun.get(after)!.then(run));
  }
  return Promise.all(begun.values());
}

/** Runs the arms, joins each with its flow, and asks for the spider's conclusion. */
async function measureOnce(
  bench: Bench,
  job: Target,
  prepared: unknown,
  baselineLast: boolean,
): Promise<Measured | null> {
  const { spider, spiderOptions } = bench;
  const arms = await runArms(bench, job, prepared, baselineLast);
  if (arms.some(({ connection }) => connection.state === STATE.discard)) return null;
  const flows = arms.map((arm) => arm.flow);
  const conditions = await callPlugin(
    spider,
    "conclude",
    () => conclude(spider, bench.vocabulary, flows, spiderOptions),
  );
  const sip = arms.find(({ connection }) => connection.local !== null)?.connection.local?.address ??
    null;
  const result = {
    ...job,
    sip,
    path: [sip ?? "*", "*", job.dip ?? "*"],
    time: {
      from: rfc3339(Math.min(...arms.map(({ connection }) => connection.start))),
      to: rfc3339(Math.max(...arms.map(({ connection }) => connection.stop))),
    },
    conditions,
    ...(bench.outputFlows ? { flow_results: flows, missed_flows: missedFlows(flows) } : {}),
  };
  const observed = flows as readonly ObservedFlow[];
  const jobs = spider.jobs === undefined
    ? null
    : missedFlows(flows) > 0
    ? []
    : await callPlugin(spider, "jobs", () => spider.jobs!(job, observed, spiderOptions));
  const missed = flows.flatMap((flow) =>
    flow.observed
      ? []
      : flow.spdr_errno === null
      ? flow.missed
      : `${flow.missed} (${flow.spdr_errno})`
  );
  return { result, flows, jobs, missed, retried: false };
}
