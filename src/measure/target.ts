import type { Arm } from "../contract/arm.ts";
import { STATE } from "../contract/connection.ts";
import type { ObservedFlow } from "../contract/flow.ts";
import type { Job, Target } from "../contract/job.ts";
import { NOT_OBSERVED, type Result } from "../contract/spider.ts";
import { conclude, missedFlows } from "./conclude.ts";
import { callPlugin } from "./plugin_call.ts";
import { type ArmBench, type ArmResult, runArm } from "./run_arm.ts";
import { rfc3339 } from "./time.ts";
import type { Vocabulary } from "./vocabulary.ts";

/** What it takes to measure targets. */
export interface Bench extends ArmBench {
  readonly arms: readonly Arm<Target>[];
  readonly vocabulary: Vocabulary;
  readonly outputFlows: boolean;
}

/** What came of a target. */
export interface Measured {
  readonly result: Result;
  /** Why arms were not observed. */
  readonly missed: readonly string[];
  /** It was measured once more, since chance could have caused what came out. */
  readonly retried: boolean;
  /** What a spider writes that yields jobs. */
  readonly jobs: readonly Job[] | null;
}

/**
 * Measures one target, and once more where the conclusion is one that chance can cause: it stands
 * only when it comes out again. Null when the run was given up before its end.
 */
export async function measureTarget(bench: Bench, job: Target): Promise<Measured | null> {
  const { spider } = bench;
  const prepared = spider.preConnect === undefined
    ? undefined
    : await callPlugin(spider, "preConnect", () => spider.preConnect!(job, bench.spiderOptions));
  const first = await measureOnce(bench, job, prepared);
  const doubtful = ({ result }: Measured) => bench.vocabulary.doubtful(result.conditions);
  if (first === null || doubtful(first).length === 0) return first;
  const second = await measureOnce(bench, job, prepared);
  if (second === null) return null;
  const contradicts = doubtful(second).some((condition) =>
    !first.result.conditions.includes(condition)
  );
  const result = {
    ...second.result,
    time: { from: first.result.time.from, to: second.result.time.to },
    conditions: contradicts ? [NOT_OBSERVED] : second.result.conditions,
  };
  return { ...second, result, retried: true };
}

/** Runs all arms at once, but for those that wait for another. */
function runArms(bench: Bench, job: Target, prepared: unknown): Promise<ArmResult[]> {
  const begun = new Map<string, Promise<ArmResult>>();
  for (const [config, arm] of bench.arms.entries()) {
    const run = () => runArm(bench, { job, arm, config, prepared });
    begun.set(arm.name, arm.after === undefined ? run() : begun.get(arm.after)!.then(run));
  }
  return Promise.all(begun.values());
}

/** Runs the arms, joins each with its flow, and asks for the spider's conclusion. */
async function measureOnce(bench: Bench, job: Target, prepared: unknown): Promise<Measured | null> {
  const arms = await runArms(bench, job, prepared);
  if (arms.some(({ connection }) => connection.state === STATE.discard)) return null;
  return await judge(bench, job, arms);
}

/** What it takes to judge what the arms came to. */
export type Judging = Pick<Bench, "spider" | "spiderOptions" | "vocabulary" | "outputFlows">;

/** Asks for the spider's conclusion on what its arms came to. */
export async function judge(
  bench: Judging,
  job: Target,
  arms: readonly ArmResult[],
): Promise<Measured> {
  const { spider, spiderOptions } = bench;
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
  return { result, jobs, missed, retried: false };
}
