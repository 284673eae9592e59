import { STATE } from "../contract/connection.ts";
import type { ObservedFlow } from "../contract/flow.ts";
import type { Target } from "../contract/job.ts";
import type { Phase, PlacedArm } from "./arm_phases.ts";
import { conclude, missedFlows } from "./conclude.ts";
import { callPlugin } from "./plugin_call.ts";
import { confirmed } from "./confirm.ts";
import type { Measured, Once } from "./measured.ts";
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
  const target = { job, prepared };
  const once: Once = (baselineLast) => measureOnce(bench, target, pass, baselineLast);
  return repeat > 1 ? await repeated(once, repeat, vocabulary) : await confirmed(once, vocabulary);
}

/** A target, and what `preConnect` made of it. */
interface Prepared {
  readonly job: Target;
  readonly prepared: unknown;
}

/**
 * Runs the arms of a phase at once, but for those that wait for another, and notes what came of them.
 *
 * @param baselineLast whether the baseline begins when the others of its phase have ended, if none of
 *   them waits for it
 */
async function runPhase(
  bench: Bench,
  { arms }: Phase,
  target: Prepared,
  results: ArmResult[],
  baselineLast: boolean,
): Promise<void> {
  const run = async ({ arm, config }: PlacedArm) => {
    results[config] = await runArm(bench, { ...target, arm, config });
  };
  const baseline = arms.find(({ config }) => config === 0);
  const waited = arms.some(({ arm }) =>
    arm.after !== undefined && arm.after === baseline?.arm.name
  );
  if (!baselineLast || baseline === undefined || waited) return await runTogether(arms, run);
  await runTogether(arms.filter((one) => one !== baseline), run);
  await run(baseline);
}

async function runTogether(
  arms: readonly PlacedArm[],
  run: (one: PlacedArm) => Promise<void>,
): Promise<void> {
  const begun = new Map<string, Promise<void>>();
  for (const one of arms) {
    // One that it waits for in another phase has ended
    const before = one.arm.after === undefined ? undefined : begun.get(one.arm.after);
    begun.set(one.arm.name, before === undefined ? run(one) : before.then(() => run(one)));
  }
  await Promise.all(begun.values());
}

/** Runs the arms, joins each with its flow, and asks for the spider's conclusion. */
async function measureOnce(
  bench: Bench,
  target: Prepared,
  pass: Pass,
  baselineLast: boolean,
): Promise<Measured | null> {
  const arms: ArmResult[] = [];
  const ran = await pass.run(
    bench.phases.map((phase) => () => runPhase(bench, phase, target, arms, baselineLast)),
  );
  if (!ran || arms.some(({ connection }) => connection.state === STATE.discard)) return null;
  return await judge(bench, target.job, arms);
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
  return { result, flows, jobs, missed, retried: false };
}
