import { Failure } from "../../../host/failure.ts";
import type { Blame, LikelyCause, TestReport } from "../../../contract/experiment_report.ts";
import { makeCertificate } from "../../service/certificate.ts";
import { LiveLab } from "../../live/live_lab.ts";
import { conditionsOf } from "../plan/expectation_checks.ts";
import type { CellPlan, GroupPlan } from "../plan/experiment_plan.ts";
import { causesOf, causesOfEnd } from "./causes.ts";
import type { EventBus } from "./events.ts";
import { judge, type TesterResult } from "./expectations.ts";
import { checkInstalled, GroupServices } from "./group_services.ts";
import { LinkCaptures } from "./link_captures.ts";
import { Placer } from "./placer.ts";
import type { Probed } from "./probed.ts";
import type { RunContext } from "./run_context.ts";
import { secondsSince, StateClock } from "./state_clock.ts";
import { StepFailure, Steps } from "./steps.ts";

/**
 * Runs the tests of a group, which share a network; a report for each. Nothing is left of it.
 *
 * @param folder of the group, relative to that of the results
 */
export async function runGroup(
  plan: GroupPlan,
  folder: string,
  context: RunContext,
  signal: AbortSignal,
): Promise<TestReport[]> {
  return await new GroupRun(plan, folder, context).run(signal);
}

/** What ended the tests of a group before a verdict. */
interface Trouble {
  readonly blame: Blame;
  readonly text: string;
}

class GroupRun {
  readonly #plan: GroupPlan;
  readonly #context: RunContext;
  readonly #bus: EventBus;
  readonly #clock: StateClock;
  /** Its folder, relative to that of the results. */
  readonly #folder: string;
  readonly #began = new Date().toISOString();
  /** Whether a tester can give a condition. */
  readonly #knows: (tester: string, condition: string) => boolean;
  readonly #results: TesterResult[] = [];
  readonly #probed: (Probed & { readonly cell: string })[] = [];
  readonly #testerProblems: Record<string, string> = {};
  readonly #labFaults: string[] = [];
  #lab: LiveLab | null = null;
  #captures: LinkCaptures | null = null;
  #services: GroupServices | null = null;
  #placer: Placer | null = null;
  #trouble: Trouble | null = null;
  /** Errors that are faults of the program itself. */
  readonly #faults: unknown[] = [];

  constructor(plan: GroupPlan, folder: string, context: RunContext) {
    this.#plan = plan;
    this.#context = context;
    this.#bus = context.bus;
    this.#folder = folder;
    const testers = new Map(plan.testers.map((one) => [one.name, conditionsOf(one)]));
    this.#knows = (tester, condition) => testers.get(tester)!.has(condition);
    this.#clock = new StateClock(plan.cells.map(({ id }) => id), context.bus);
  }

  async run(signal: AbortSignal): Promise<TestReport[]> {
    const deadline = AbortSignal.timeout(this.#plan.timeout);
    const end = AbortSignal.any([signal, deadline]);
    await this.#attempt(() => this.#execute(end));
    if (this.#trouble === null && end.aborted) {
      this.#trouble = deadline.aborted
        ? {
          blame: "experiment",
          text: `The test took longer than its ${this.#plan.timeout / 1000} s.`,
        }
        : { blame: "experiment", text: "The experiment was interrupted." };
    }
    this.#clock.enter("collecting");
    await this.#attempt(async () => {
      await this.#services?.stop();
      this.#placer?.end();
      await this.#captures?.close();
    });
    this.#clock.enter("tearing_down");
    const began = performance.now();
    await this.#attempt(async () => {
      await this.#lab?.close();
      const { name } = this.#plan.environment;
      this.#bus.emit("environment.down", { environment: name, seconds: secondsSince(began) });
    });
    // Everything is down by now, also where the program itself is at fault, which must be seen as that
    for (const fault of this.#faults) throw fault;
    return this.#plan.cells.map((cell) => this.#report(cell));
  }

  async #execute(signal: AbortSignal): Promise<void> {
    const { environment, lab, artifacts } = this.#plan;
    const { results, journal, suffix } = this.#context;
    this.#clock.enter("setting_up");
    const began = performance.now();
    const folder = results.folder(this.#folder);
    results.write(`${this.#folder}/targets.ndjson`, targetLines(this.#plan));
    if (environment.program !== undefined) checkInstalled(environment.name, environment);
    const isSimulated = environment.topology === "simulated";
    if (lab !== null && !isSimulated) this.#lab = this.#open(lab);
    this.#bus.emit("environment.up", {
      environment: environment.name,
      seconds: secondsSince(began),
    });
    if (this.#lab !== null && artifacts === "all") {
      this.#captures = LinkCaptures.open(
        this.#lab.plan,
        results.folder(`${this.#folder}/captures`),
      );
    }
    if (signal.aborted) return;
    const certificate = makeCertificate(this.#context.temporary());
    const placer = this.#placer = new Placer(this.#plan, suffix, certificate, journal);
    this.#services = new GroupServices({
      // What answers in a simulated network are stand-ins
      plan: isSimulated ? { ...this.#plan, services: [] } : this.#plan,
      folder: results.folder(`${this.#folder}/services`),
      certificate,
      placer,
      bus: this.#bus,
      test: this.#plan.cells[0]!.id,
    });
    const steps = new Steps({
      plan: this.#plan,
      context: this.#context,
      clock: this.#clock,
      services: this.#services,
      certificate,
      placer,
      folder,
      took: (name, outcome) => {
        this.#results.push(...outcome.results);
        if (outcome.problem !== null) this.#testerProblems[name] = outcome.problem;
      },
      probed: (cell, found) => this.#probed.push({ cell, ...found }),
    });
    await steps.run(signal);
    this.#clock.enter("validating");
  }

  #open(lab: NonNullable<GroupPlan["lab"]>): LiveLab {
    if (Deno.uid() !== 0) {
      throw new Failure(
        `${this.#plan.environment.name} makes network namespaces: run spider as root, or take the ` +
          "environment localhost or simulated, which need none",
      );
    }
    const fault = (text: string) => {
      this.#labFaults.push(text);
      this.#bus.emit("network.fault", { text });
    };
    return LiveLab.open(lab, { restored: this.#context.told, fault });
  }

  /** Does something; what goes wrong there is the trouble of the group, unless there was one before. */
  async #attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof Failure)) {
        this.#faults.push(error);
        return;
      }
      this.#trouble ??= { blame: blameOf(error, this.#clock.state), text: error.message };
    }
  }

  #report(cell: CellPlan): TestReport {
    const plan = this.#plan;
    const results = this.#results.filter((result) => result.cell === cell.id);
    const probed = this.#probed.filter((found) => found.cell === cell.id);
    const expectations = this.#trouble === null
      ? judge(cell.expectations, results, this.#knows)
      : [];
    const services = this.#services?.fates() ?? [];
    const why = this.#trouble === null ? causesOf : causesOfEnd;
    const causes = why({
      cell,
      testers: plan.testers,
      results,
      expectations,
      services: services.filter(({ name }) => isCritical(plan, name)),
      testerProblems: this.#testerProblems,
      labFaults: this.#labFaults,
      lab: plan.lab,
    });
    const state = this.#stateOf(cell, expectations.every(({ met }) => met), causes);
    const named: LikelyCause[] = this.#trouble === null
      ? causes
      : [{ blame: this.#trouble.blame, cause: this.#trouble.text, evidence: [] }, ...causes];
    for (const { expectation, met, missed, of } of expectations) {
      if (met) this.#bus.emit("expectation.met", { expectation }, { test: cell.id });
      else this.#bus.emit("expectation.missed", { expectation, missed, of }, { test: cell.id });
    }
    const metrics = this.#context.metrics ? averages(results) : {};
    for (const [name, value] of Object.entries(metrics)) {
      this.#bus.emit("metric.value", { name, value }, { test: cell.id });
    }
    this.#clock.end(cell.id, state);
    const seconds = this.#clock.seconds();
    return {
      id: cell.id,
      test: plan.test,
      cell: cell.cell,
      state,
      blame: state === "completed" ? null : named[0]?.blame ?? "path",
      began: this.#began,
      seconds: Object.values(seconds).reduce((sum, one) => sum + one, 0),
      states: seconds,
      targets: results.length,
      conditions: counted(results),
      expectations,
      causes: state === "completed" ? [] : named,
      metrics,
      traces: probed.flatMap(({ traces }) => traces),
      localisations: probed.flatMap(({ localisations }) => localisations),
      wrapped: this.#context.metrics ? this.#services?.wrapped ?? {} : {},
      files: plan.artifacts === "none" ? {} : { folder: this.#folder },
      problem: this.#trouble?.text ?? null,
    };
  }

  #stateOf(
    cell: CellPlan,
    isMet: boolean,
    causes: readonly LikelyCause[],
  ): TestReport["state"] {
    if (this.#trouble !== null) return "error";
    const isMeasured = this.#plan.steps.some(({ name }) => name === "measure");
    if (isMeasured && Object.keys(cell.targets).length > 0) {
      if (causes.some(({ blame }) => blame === "service" || blame === "spider") && !isMet) {
        return "failed";
      }
      if (Object.keys(this.#testerProblems).some((name) => isCritical(this.#plan, name))) {
        return "error";
      }
    }
    if (
      this.#services?.fates().some(({ name, problem }) =>
        problem !== null && isCritical(this.#plan, name)
      )
    ) return "failed";
    return isMet ? "completed" : "failed";
  }
}

function isCritical({ services, testers }: GroupPlan, name: string): boolean {
  return [...services, ...testers].find((one) => one.name === name)?.critical ?? true;
}

/** Who is to blame for what ended the tests of a group. */
function blameOf(error: Failure, state: string): Blame {
  if (error instanceof StepFailure) return error.blame;
  return state === "setting_up" || state === "tearing_down" ? "environment" : "service";
}

function targetLines({ cells }: GroupPlan): string {
  return cells.flatMap(({ id, targets }) =>
    Object.entries(targets).flatMap(([service, addresses]) =>
      addresses.map((dip) => `${JSON.stringify({ dip, service, cell: id })}\n`)
    )
  ).join("");
}

function counted(results: readonly TesterResult[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const condition of results.flatMap(({ conditions }) => conditions).sort()) {
    counts[condition] = (counts[condition] ?? 0) + 1;
  }
  return counts;
}

/** The mean of each number, by tester and name. */
function averages(results: readonly TesterResult[]): Record<string, number> {
  const all = new Map<string, number[]>();
  for (const { tester, metrics } of results) {
    for (const [name, value] of Object.entries(metrics)) {
      const key = `${tester}.${name}`;
      all.set(key, [...all.get(key) ?? [], value]);
    }
  }
  return Object.fromEntries(
    [...all].map(([name, values]) => [
      name,
      values.reduce((sum, value) => sum + value, 0) / values.length,
    ]),
  );
}
