import { connectionTypeNamed } from "../../connect/registry.ts";
import type { Arm } from "../../contract/arm.ts";
import type { Chain } from "../../contract/chain.ts";
import type { Endpoint, Target } from "../../contract/job.ts";
import type { OptionValues } from "../../contract/option.ts";
import type { SpiderTest, TestArm } from "../../contract/plugin_test.ts";
import { NOT_OBSERVED, type Spider, type SpiderOf } from "../../contract/spider.ts";
import { Failure } from "../../host/failure.ts";
import { armsOf } from "../../measure/arms.ts";
import { chainsOf } from "../../measure/observation.ts";
import { callPlugin } from "../../measure/plugin_call.ts";
import { type ArmResult, runArm } from "../../measure/run_arm.ts";
import { measuredOnce } from "../../measure/target.ts";
import { ConditionNames } from "../../measure/condition_names.ts";
import { FlowTable } from "../../observe/flow_table.ts";
import { SNAPLEN } from "../../observe/watcher.ts";
import { withOptions } from "../sandbox/spider.ts";
import { flowsOf } from "./play_chain.ts";
import { INPUT, type Player, playerOf } from "./packets.ts";
import { conditionFaults, differences, type TestReport, typeFaults } from "./report.ts";
import { Stage } from "./stage.ts";

/** Where the job goes when a test does not say (RFC 5737). */
const SERVER = "192.0.2.1";
/** The name of a job that needs one, when a test does not say (RFC 2606). */
const DOMAIN = "example.org";
/** The name server of the simulated host. */
const NAME_SERVER = "203.0.113.53";

/**
 * Plays a test of a spider: each arm's packets through the dissector, the flow table and the
 * chains, then the join with the socket's view, then the spider's conclusion.
 *
 * @param given the options that the test sets, with the defaults of the others
 * @param folder where captures are; null when there can be none
 */
export async function playSpiderTest(
  unresolved: Spider,
  test: SpiderTest,
  given: OptionValues,
  folder: string | null,
): Promise<TestReport> {
  const spider: SpiderOf<Target> = await withOptions(unresolved, given);
  const connect = connectionTypeNamed(test.connect ?? spider.connect[0]);
  const arms = armsOf(spider, given);
  const played = arms.map((arm) => playersOf(arm, test, folder));
  const first = played.find(({ ends }) => ends !== null)?.ends ?? null;
  const job: Target = {
    // As in a run: a job of a name has no port of its own
    ...spider.needs === "domain" ? { domain: DOMAIN } : {
      dip: first?.server.address ?? SERVER,
      dp: first?.server.port ?? connect.defaultPort,
    },
    ...test.job,
  };
  if (spider.skip !== undefined) {
    const skip = await callPlugin(spider, "skip", () => spider.skip!(job, given));
    if (skip !== null || test.skip !== undefined) return skipReport(test, skip);
  } else if (test.skip !== undefined) return skipReport(test, null);
  const chains = chainsOf(spider, arms, connect);
  const prepared = spider.preConnect === undefined
    ? undefined
    : await callPlugin(spider, "preConnect", () => spider.preConnect!(job, given));

  const results: ArmResult[] = [];
  for (const [config, arm] of arms.entries()) {
    const { said, player, ends } = played[config]!;
    const table = spider.observe === false ? null : new FlowTable({
      chains: ["basic", ...chains],
      idle: 30,
      linger: 5,
      expectedOnly: true,
      input: INPUT,
    });
    const stage = new Stage(said, config, player, table, ends);
    const context = {
      spider,
      spiderOptions: given,
      connections: arms.map(() => stage.connections(connect)),
      watcher: stage.watcher(),
      timeoutMs: 5000,
      nameServers: [NAME_SERVER],
    };
    const result = await runArm(context, { job, arm, config, prepared, sharesPort: false });
    result.late?.end();
    results.push(result);
  }
  const conditionNames = new ConditionNames(spider, given);
  const context = { arms, spider, spiderOptions: given, conditionNames, outputFlows: true };
  const { result, jobs } = await measuredOnce(context, job, results);
  const own = chains.filter((chain): chain is Chain => typeof chain !== "string");
  const faults = results.flatMap(({ flow }, at) => {
    const where = `arm ${arms[at]!.name}`;
    const record = flow as unknown as Record<string, unknown>;
    const expected = test.conditions?.includes(NOT_OBSERVED) ?? true;
    return [
      ...(flow.observed || expected ? [] : [`${where} was not observed: ${flow.missed}`]),
      ...(flow.observed && spider.observe !== false ? typeFaults(own, record, where) : []),
      ...differences(played[at]!.said.flow, record, where),
    ];
  });
  faults.push(...conditionFaults(test.conditions, result.conditions));
  if (test.jobs !== undefined) {
    const [wanted, got] = [JSON.stringify(test.jobs), JSON.stringify(jobs)];
    if (wanted !== got) faults.push(`the jobs are ${got}, and ${wanted} was expected`);
  }
  return {
    name: test.name,
    faults,
    conditions: result.conditions,
    flows: results.map(({ flow }) => flow as unknown as Record<string, unknown>),
  };
}

interface PlayedArm {
  readonly said: TestArm;
  readonly player: Player;
  /** The endpoints in a capture; null without one. */
  readonly ends: { readonly client: Endpoint; readonly server: Endpoint } | null;
}

function playersOf(arm: Arm<Target>, test: SpiderTest, folder: string | null): PlayedArm {
  const said = test.arms?.[arm.name];
  if (said === undefined && test.skip === undefined) {
    throw new Failure(`the test has nothing for the arm ${arm.name}: give it packets and a socket`);
  }
  const where = `the packets of arm ${arm.name}`;
  const player = playerOf(said ?? {}, folder, where, SNAPLEN);
  if (player.flows > 1) throw new Failure(`${where} are of several flows: an arm has one`);
  if (said?.capture === undefined) return { said: said ?? {}, player, ends: null };
  const flows = flowsOf(["basic"], player, () => null!);
  if (flows.length !== 1) {
    throw new Failure(
      `the capture of arm ${arm.name} has ${flows.length} flows, and an arm has one: filter it first`,
    );
  }
  const { sip, sp, dip, dp } = flows[0] as { sip: string; dip: string; sp: number; dp: number };
  const ends = {
    client: { address: sip, port: sp ?? 0 },
    server: { address: dip, port: dp ?? 0 },
  };
  return { said, player, ends };
}

function skipReport(test: SpiderTest, skip: string | null): TestReport {
  const { name, skip: wanted } = test;
  const faults = skip === (wanted ?? null)
    ? []
    : skip === null
    ? [`the job is not skipped, and "${wanted}" was expected`]
    : [`the job is skipped: ${skip}`];
  return { name, faults, conditions: null, flows: [] };
}
