import { STATE } from "../contract/connection.ts";
import type { ObservedFlow } from "../contract/flow.ts";
import type { Target } from "../contract/job.ts";
import type { Phase } from "./arm_phases.ts";
import { conclude, missedFlows } from "./conclude.ts";
import { callPlugin } from "./plugin_call.ts";
import { confirmed } from "./confirm.ts";
import type { Measured } from "./measured.ts";
import { repeated } from "./repeat.ts";
import { type ArmBench, type ArmResult, runArm } from "./run_arm.ts";
import type { Pass } from "./schedule.ts";
import { rfc3339 } from "./time.ts";
import type { Vocabulary } from "./vocabulary.ts";

/** What it takes to measure targets. */
export interface Bench extends ArmBench {
  readonly phases: readonly Phase[];
  readonly vocabulary: Vocabulary;
  readonly outputFlows: boolean;
  /** How often each target is measured. */
  readonly repeat: number;
}

/**
 * Measures one target, as often as is asked for, or as chance makes needful. Null when the run was
 * given up before its end.
 */
export async function measureTarget(
  bench: Bench,
  job: Target,
  pass: Pass,
): Promise<Measured | null> {
  const { spider, spiderOptions, repeat, vocabulary } = bench;
  const prepared = spider.preConnect === undefined
    ? undefined
    : await callPlugin(spider, "preConnect", () => spider.preConnect!(job, spiderOptions));
  const once = () => measureOnce(bench, job, prepared, pass);
  return repeat > 1 ? await repeated(once, repeat, vocabulary) : await confirmed(once, vocabulary);
}

/** Runs the arms of a phase at once, but for those that wait for another, and notes what came of them. */
async function runPhase(
  bench: Bench,
  phase: Phase,
  target: { readonly job: Target; readonly prepared: unknown },
  results: ArmResult[],
): Promise<void> {
  const begun = new Map<string, Promise<void>>();
  for (const { arm, config } of phase.arms) {
    const run = async () => {
      results[config] = await runArm(bench, { ...target, arm, config });
    };
    // One that it waits for in another phase has ended
    const before = arm.after === undefined ? undefined : begun.get(arm.after);
    begun.set(arm.name, before === undefined ? run() : before.then(run));
  }
  await Promise.all(begun.values());
}

/** Runs the arms, joins each with its flow, and asks for the spider's conclusion. */
async function measureOnce(
  bench: Bench,
  job: Target,
  prepared: unknown,
  pass: Pass,
): Promise<Measured | null> {
  const arms: ArmResult[] = [];
  const target = { job, prepared };
  const ran = await pass.run(
    bench.phases.map((phase) => () => runPhase(bench, phase, target, arms)),
  );
  if (!ran || arms.some(({ connection }) => connection.state === STATE.discard)) return null;
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
