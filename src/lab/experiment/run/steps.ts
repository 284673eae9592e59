import type { Blame } from "../../../contract/experiment_report.ts";
import { Failure } from "../../../host/failure.ts";
import { selfCommand } from "../../../host/self.ts";
import { sleep } from "../../../host/sleep.ts";
import type { Certificate } from "../../service/certificate.ts";
import type { CommandEntry } from "../file/experiment_file.ts";
import type { Step } from "../file/steps.ts";
import type { GroupPlan, PlannedTester } from "../plan/experiment_plan.ts";
import { type CommandEnd, lastLine, runCommand } from "./command.ts";
import { type GroupServices, peersIn } from "./group_services.ts";
import { namespaceOf, type Placer } from "./placer.ts";
import { type Probed, readProbed } from "./probed.ts";
import type { RunContext } from "./run_context.ts";
import { runSimulated } from "./simulated_tester.ts";
import { runServiceTester } from "./service_tester.ts";
import { runSpider } from "./spider_tester.ts";
import type { StateClock } from "./state_clock.ts";
import type { TesterOutcome, TesterTarget } from "./tester.ts";

/** How long a trace or a localisation of one address may take, in milliseconds. */
const PROBING = 60_000;

/** A step that did not come out as it should. */
export class StepFailure extends Failure {
  readonly blame: Blame;

  constructor(blame: Blame, text: string) {
    super(text);
    this.blame = blame;
  }
}

/** What the steps of a group work with. */
export interface StepParts {
  readonly plan: GroupPlan;
  readonly context: RunContext;
  readonly clock: StateClock;
  readonly services: GroupServices;
  readonly certificate: Certificate;
  readonly placer: Placer;
  /** The folder of the group. */
  readonly folder: string;
  /** Is given what came of a tester. */
  readonly took: (tester: string, outcome: TesterOutcome) => void;
  /** Is given what a trace or a localisation found, for a place of the matrix. */
  readonly probed: (cell: string, found: Probed) => void;
}

/** Does the steps of a group, in order. */
export class Steps {
  readonly #parts: StepParts;

  constructor(parts: StepParts) {
    this.#parts = parts;
  }

  /**
   * Runs the commands before, the steps, and the commands after.
   *
   * @throws {Failure} when one fails, and the test is not to go on
   */
  async run(signal: AbortSignal): Promise<void> {
    const { plan, context: { bus } } = this.#parts;
    const test = plan.cells[0]!.id;
    let failure: Failure | null = null;
    const all: (readonly [name: string, work: () => Promise<void>])[] = [
      ...plan.before.map((one) => ["pre-command", () => this.#command(one, 0, signal)] as const),
      ...plan.steps.map((step, at) => [step.name, () => this.#step(step, at, signal)] as const),
      ...plan.after.map((one) => ["post-command", () => this.#command(one, 0, signal)] as const),
    ];
    for (const [step, work] of all) {
      if (signal.aborted) break;
      bus.emit("step.began", { step }, { test });
      const began = performance.now();
      let problem: string | null = null;
      try {
        await work();
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        problem = error.message;
        failure ??= error;
      }
      bus.emit("step.ended", { step, seconds: (performance.now() - began) / 1000, problem }, {
        test,
      });
      if (failure !== null && !plan.continueOnFailure) break;
    }
    if (failure !== null) throw failure;
  }

  async #step(step: Step, at: number, signal: AbortSignal): Promise<void> {
    const { clock, services } = this.#parts;
    switch (step.name) {
      case "start":
        clock.enter("deploying");
        return await services.start(step.told.services, signal);
      case "wait-ready":
        clock.enter("deploying");
        await services.ready(step.told.services, signal);
        return clock.enter("ready");
      case "stop":
        return await services.stop(step.told.services);
      case "sleep":
        await sleep(step.told, signal);
        return;
      case "measure":
        clock.enter("executing");
        return await this.#measure(step.told, signal);
      case "trace":
        clock.enter("executing");
        return await this.#probe(step, [], at, signal);
      case "locate":
        clock.enter("executing");
        return await this.#probe(
          step,
          ["--feature", step.told.feature],
          at,
          signal,
        );
      case "exec":
        clock.enter("executing");
        return await this.#command(step.told, step.told.status, signal);
    }
  }

  async #measure(
    { service, options }: { readonly service?: string | undefined; readonly options: string[] },
    signal: AbortSignal,
  ): Promise<void> {
    const { plan, context: { results }, took } = this.#parts;
    const folder = this.#relative();
    for (const tester of plan.testers) {
      if (service !== undefined && tester.name !== service) continue;
      const targets: TesterTarget[] = plan.cells.flatMap(({ id, targets }) =>
        tester.targets.flatMap(({ service, port }) =>
          (targets[service] ?? []).map((address) => ({ cell: id, service, port, address }))
        )
      );
      const outcome = await this.#test(tester, targets, options, signal);
      results.folder(`${folder}/testers`);
      results.append(`${folder}/results.ndjson`, outcome.raw.map((line) => `${line}\n`).join(""));
      results.append(`${folder}/testers/${tester.name}.log`, outcome.log);
      took(tester.name, outcome);
    }
  }

  async #test(
    tester: PlannedTester,
    targets: readonly TesterTarget[],
    options: readonly string[],
    signal: AbortSignal,
  ): Promise<TesterOutcome> {
    const { plan, context, certificate, placer, folder } = this.#parts;
    const { timeout, runs } = tester;
    if (plan.environment.topology === "simulated") {
      return await runSimulated(plan, tester, signal);
    }
    if (runs.kind === "spider") {
      return await runSpider({ ...tester, runs }, targets, {
        seed: context.seed,
        domain: plan.domain,
        own: context.own,
        options,
        within: this.#within(tester.host),
        signal,
        timeout,
      });
    }
    let started = 0;
    return await runServiceTester({ ...tester, runs }, targets, {
      folder: `${folder}/testers/${tester.name}`,
      ...certificate,
      peers: peersIn(plan, tester.name, runs.service),
      signal,
      timeout,
      place: (words, own) =>
        placer.place({ words, variables: {} }, {
          name: `${tester.name}-${++started}`,
          host: tester.host,
          folder: own,
          image: tester.image,
        }),
    });
  }

  async #probe(
    { name, told }: Extract<Step, { readonly name: "trace" | "locate" }>,
    words: readonly string[],
    at: number,
    signal: AbortSignal,
  ): Promise<void> {
    const { plan, context: { results, own }, probed } = this.#parts;
    const host = told.from ?? plan.testers[0]?.host ?? plan.lab?.nodes[0]?.name ?? "";
    const towards = name === "locate" ? this.#portOf(told.to, told.options) : [];
    const folder = `${this.#relative()}/steps`;
    results.folder(folder);
    for (const { id, targets } of plan.cells) {
      const address = targets[told.to]?.[0];
      if (address === undefined || signal.aborted) continue;
      const [program, args] = selfCommand(
        [name, "--json", ...towards, ...own, ...told.options, ...words, address],
        this.#within(host),
      );
      const { status, stdout, stderr, late } = await runCommand([program, ...args], {
        signal,
        timeout: PROBING,
      });
      const file = `${folder}/${at + 1}-${name}-${id.replaceAll(/[^\w.=,-]+/g, "_")}.json`;
      results.write(file, stdout);
      if (status !== 0 || late) {
        throw new StepFailure(
          "experiment",
          `the step ${name} to ${address} ${ended(status, late)}: ${lastLine(stderr)}`,
        );
      }
      const found = readProbed(name, stdout);
      if (found === null) {
        throw new StepFailure(
          "experiment",
          `the step ${name} to ${address} wrote no results: ${lastLine(stdout)}; leave out ` +
            "options with which the command does something else",
        );
      }
      probed(id, found);
    }
  }

  /** The option for the port of a service that is located, unless another is asked for. */
  #portOf(service: string, options: readonly string[]): string[] {
    if (options.some((word) => /^(--port(=|$)|-p)/.test(word))) return [];
    const { ports } = this.#parts.plan.services.find(({ name }) => name === service)!.planned;
    const tcp = ports.find(({ transport }) => transport === "tcp");
    return tcp === undefined ? [] : ["--port", String(tcp.port)];
  }

  async #command(
    { host, command, timeout }: CommandEntry,
    wanted: number,
    signal: AbortSignal,
  ): Promise<void> {
    const { context: { results } } = this.#parts;
    const words = typeof command === "string" ? ["sh", "-c", command] : command;
    const { status, stdout, stderr, late }: CommandEnd = await runCommand(
      host === undefined ? words : this.#within(host)(words),
      { signal, timeout },
    );
    results.append(`${this.#relative()}/commands.log`, `$ ${words.join(" ")}\n${stdout}${stderr}`);
    if (signal.aborted || (status === wanted && !late)) return;
    throw new StepFailure(
      "experiment",
      `the command ${words.join(" ")} ${ended(status, late)}, and ${wanted} is wanted: ${
        lastLine(stderr || stdout)
      }`,
    );
  }

  #within(host: string): (words: readonly string[]) => readonly string[] {
    const namespace = namespaceOf(this.#parts.plan, host);
    return (words) => namespace === null ? words : ["ip", "netns", "exec", namespace, ...words];
  }

  #relative(): string {
    const { context: { results }, folder } = this.#parts;
    return results.relative(folder);
  }
}

function ended(status: number, late: boolean): string {
  return late ? "did not end in time" : `ended with ${status}`;
}
