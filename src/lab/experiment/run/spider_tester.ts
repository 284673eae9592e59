import { selfCommand } from "../../../host/self.ts";
import { ConcurrencyLimit } from "../../../target/concurrency_limit.ts";
import type { PlannedTester } from "../plan/experiment_plan.ts";
import { type CommandOptions, lastLine, runCommand } from "./command.ts";
import type { TesterResult } from "./expectations.ts";
import { AT_ONCE, type TesterOutcome, type TesterTarget } from "./tester.ts";

/** Statuses of a measurement that has measured. */
const MEASURED = [0];

/** How a spider is run. */
export interface SpiderRun extends Pick<CommandOptions, "signal" | "timeout"> {
  readonly seed: number;
  /** The name by which it calls the targets; undefined for none. */
  readonly domain: string | undefined;
  /** Puts a command line onto the host of the tester. */
  readonly within: (command: readonly string[]) => readonly string[];
  /** Words for the program itself, such as which plugins it trusts. */
  readonly own: readonly string[];
  /** Further options of the command. */
  readonly options: readonly string[];
}

type SpiderTester = PlannedTester & { readonly runs: { readonly kind: "spider" } };

/**
 * Measures all targets with a spider, in a process of its own on the host of the tester. One that asks
 * name servers has a process for each target, which is the server that it is told to ask.
 */
export async function runSpider(
  tester: SpiderTester,
  targets: readonly TesterTarget[],
  run: SpiderRun,
): Promise<TesterOutcome> {
  const { serverOption } = tester.runs;
  const { domain } = run;
  if (serverOption === null) {
    const jobs = targets.map(({ cell, service, address: dip, port: { port: dp } }) => ({
      ...{ domain, dip, dp, cell, service },
    }));
    return await measure(tester, jobs, [], run);
  }
  const places = new ConcurrencyLimit(AT_ONCE);
  const outcomes = await Promise.all(
    targets.map(({ cell, service, address, port: { port } }) => {
      const server = address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
      const words = ["--results", `--${serverOption}=${server}`];
      return places.through(() =>
        measure(tester, [{ domain, cell, service, address }], words, run)
      );
    }),
  );
  return {
    results: outcomes.flatMap(({ results }) => results),
    raw: outcomes.flatMap(({ raw }) => raw),
    log: outcomes.map(({ log }) => log).join(""),
    problem: outcomes.map(({ problem }) => problem).find((problem) => problem !== null) ?? null,
  };
}

/**
 * Measures some jobs.
 *
 * @param more further words behind those of the spider
 */
async function measure(
  { name, runs: { word, connect, flags } }: SpiderTester,
  jobs: readonly object[],
  more: readonly string[],
  { seed, within, own, options, signal, timeout }: SpiderRun,
): Promise<TesterOutcome> {
  const words = [
    ...["measure", "--connect", connect, "--output-flows", "--seed", String(seed)],
    ...own,
    ...options,
    word,
    ...flags,
    ...more,
  ];
  const [program, args] = selfCommand(words, within);
  const { status, stdout, stderr, late } = await runCommand([program, ...args], {
    input: jobs.map((job) => `${JSON.stringify(job)}\n`).join(""),
    signal,
    timeout,
    farewell: "SIGINT",
  });
  const lines = stdout.split("\n").filter((line) => line !== "");
  return {
    results: lines.map((line) => readResult(JSON.parse(line), name)),
    raw: lines,
    log: stderr,
    problem: late
      ? `did not end within ${timeout / 1000} s`
      : MEASURED.includes(status)
      ? null
      : `ended with ${status}: ${lastLine(stderr)}`,
  };
}

/** The words of a result that the report looks at. */
export interface SpiderResult {
  readonly cell: string;
  /** Where it has none, its job has the name server as `address`. */
  readonly dip?: string;
  readonly address?: string;
  readonly conditions: readonly string[];
  readonly flow_results?: readonly { readonly arm: string; readonly flow?: unknown }[];
}

/** What a line of `spider measure` says, as the report looks at it. */
export function readResult(result: SpiderResult, tester: string): TesterResult {
  const flows = (result.flow_results ?? []).map((flow) => [
    flow.arm,
    flow as Readonly<Record<string, unknown>>,
  ]);
  return {
    cell: result.cell,
    tester,
    address: result.dip ?? result.address ?? "",
    conditions: result.conditions,
    flows: Object.fromEntries(flows),
    metrics: {},
  };
}
