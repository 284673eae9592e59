import type { Arm } from "../contract/arm.ts";
import { STATE } from "../contract/connection.ts";
import type { ObservedFlow } from "../contract/flow.ts";
import type { Target } from "../contract/job.ts";
import { conclude, missedFlows } from "./conclude.ts";
import { confirmed } from "./confirm.ts";
import type { Measured } from "./measured.ts";
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

/**
 * Measures one target, as often as chance makes needful. Null when the run was given up before its
 * end.
 */
export async function measureTarget(bench: Bench, job: Target): Promise<Measured | null> {
  const { spider, spiderOptions, vocabulary } = bench;
  const prepared = spider.preConnect === undefined
    ? undefined
    : await callPlugin(spider, "preConnect", () => spider.preConnect!(job, spiderOptions));
  return await confirmed((backwards) => measureOnce(bench, job, prepared, backwards), vocabulary);
}

/** Runs all arms at once, but for those that wait for another. */
function runArms(
  bench: Bench,
  job: Target,
  prepared: unknown,
  backwards: boolean,
): Promise<ArmResult[]> {
  const { arms } = bench;
  const begun = new Map<string, Promise<ArmResult>>();
  const begin = (name: string): Promise<ArmResult> => {
    const known = begun.get(name);
    if (known !== undefined) return known;
    const config = arms.findIndex((arm) => arm.name === name);
    const arm = arms[config]!;
    const run = () => runArm(bench, { job, arm, config, prepared });
    const running = arm.after === undefined ? run() : begin(arm.after).then(run);
    begun.set(name, running);
    return running;
  };
  for (const { name } of backwards ? arms.toReversed() : arms) begin(name);
  return Promise.all(arms.map(({ name }) => begin(name)));
}

/** Runs the arms, joins each with its flow, and asks for the spider's conclusion. */
async function measureOnce(
  bench: Bench,
  job: Target,
  prepared: unknown,
  backwards: boolean,
): Promise<Measured | null> {
  const { spider, spiderOptions } = bench;
  const arms = await runArms(bench, job, prepared, backwards);
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
