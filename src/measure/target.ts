import type { ConnectionType } from "../connect/connection_type.ts";
import type { Dialer } from "../connect/dialer.ts";
import { type Connection, type Outcome, STATE } from "../contract/connection.ts";
import type { MergedFlow } from "../contract/flow.ts";
import type { Endpoint, Job } from "../contract/job.ts";
import type { OptionValues } from "../contract/option.ts";
import { type Arm, NOT_OBSERVED, type Result, type Spider } from "../contract/spider.ts";
import type { Watch, Watcher } from "../observe/watcher.ts";
import { conclude, missedFlows } from "./conclude.ts";
import { merge } from "./merge.ts";
import { callPlugin } from "./plugin_call.ts";
import { rfc3339 } from "./time.ts";
import type { Vocabulary } from "./vocabulary.ts";

/** What it takes to measure targets. */
export interface Bench {
  readonly spider: Spider;
  readonly spiderOptions: OptionValues;
  readonly vocabulary: Vocabulary;
  readonly connect: ConnectionType;
  readonly dialer: Dialer;
  readonly watcher: Watcher;
  readonly timeoutMs: number;
  readonly outputFlows: boolean;
}

interface ArmResult {
  readonly connection: Connection;
  readonly flow: MergedFlow;
}

/** How a connection ends whose handshake the other side may have completed. */
const MAY_HAVE_STOOD: ReadonlySet<Outcome> = new Set(["ok", "reset", "failed"]);

/**
 * Measures one target, and once more where the conclusion is one that chance can cause: it stands
 * only when it comes out again. Null when the run was given up before its end.
 */
export async function measureTarget(bench: Bench, job: Job): Promise<Result | null> {
  const { spider } = bench;
  const prepared = spider.preConnect === undefined
    ? undefined
    : await callPlugin(spider, "preConnect", () => spider.preConnect!(job, bench.spiderOptions));
  const first = await measureOnce(bench, job, prepared);
  const doubtful = (conditions: readonly string[]) =>
    conditions.filter((condition) => spider.confirm?.includes(condition));
  if (first === null || doubtful(first.conditions).length === 0) return first;
  const second = await measureOnce(bench, job, prepared);
  if (second === null) return null;
  const contradicts = doubtful(second.conditions).some((condition) =>
    !first.conditions.includes(condition)
  );
  return {
    ...second,
    time: { from: first.time.from, to: second.time.to },
    conditions: contradicts ? [NOT_OBSERVED] : second.conditions,
  };
}

/** Runs all arms at once, joins each with its flow, and asks for the spider's conclusion. */
async function measureOnce(bench: Bench, job: Job, prepared: unknown): Promise<Result | null> {
  const { spider, spiderOptions } = bench;
  const arms = await Promise.all(
    spider.arms.map((arm, config) => runArm(bench, job, arm, config, prepared)),
  );
  if (arms.some(({ connection }) => connection.state === STATE.discard)) return null;
  const flows = arms.map((arm) => arm.flow);
  const conditions = await callPlugin(
    spider,
    "conclude",
    () => conclude(spider, bench.vocabulary, flows, spiderOptions),
  );
  const sip = arms.find(({ connection }) => connection.local !== null)?.connection.local?.address ??
    null;
  return {
    ...job,
    sip,
    path: [sip ?? "*", "*", job.dip],
    time: {
      from: rfc3339(Math.min(...arms.map(({ connection }) => connection.start))),
      to: rfc3339(Math.max(...arms.map(({ connection }) => connection.stop))),
    },
    conditions,
    ...(bench.outputFlows ? { flow_results: flows, missed_flows: missedFlows(flows) } : {}),
  };
}

async function runArm(
  bench: Bench,
  job: Job,
  arm: Arm,
  config: number,
  prepared: unknown,
): Promise<ArmResult> {
  const { spider, watcher } = bench;
  const remote: Endpoint = { address: job.dip, port: job.dp ?? bench.connect.defaultPort };
  let watch: Watch | null = null;
  const connection = await bench.connect.connect(bench.dialer, {
    remote,
    socket: arm.socket ?? {},
    timeoutMs: bench.timeoutMs,
    domain: job.domain,
    onLocal: (local, protocol) => watch = watcher.expect(local, remote, protocol),
  });
  if (spider.postConnect !== undefined) {
    await callPlugin(
      spider,
      "postConnect",
      () => spider.postConnect!(job, connection, arm, prepared),
    );
  }
  const record = watch === null
    ? null
    : await watcher.collect(watch, MAY_HAVE_STOOD.has(connection.outcome));
  const flow = merge(connection, record, arm, config);
  if (spider.merge === undefined) return { connection, flow };
  const added = await callPlugin(spider, "merge", () => spider.merge!(record, connection));
  return { connection, flow: { ...added, ...flow } };
}
