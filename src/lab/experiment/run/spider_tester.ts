import { selfCommand } from "../../../host/self.ts";
import type { PlannedTester } from "../plan/experiment_plan.ts";
import { type CommandOptions, lastLine, runCommand } from "./command.ts";
import type { TesterResult } from "./expectations.ts";
import type { TesterOutcome, TesterTarget } from "./tester.ts";

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

/** Measures all targets with a spider, in a process of its own on the host of the tester. */
export async function runSpider(
  tester: PlannedTester & { readonly runs: { readonly kind: "spider" } },
  targets: readonly TesterTarget[],
  { seed, domain, within, own, options, signal, timeout }: SpiderRun,
): Promise<TesterOutcome> {
  const { word, connect, flags } = tester.runs;
  const words = [
    ...["measure", "--connect", connect, "--output-flows", "--seed", String(seed)],
    ...own,
    ...options,
    word,
    ...flags,
  ];
  const [program, args] = selfCommand(words, within);
  const input = targets.map(({ cell, service, address, port: { port } }) =>
    `${JSON.stringify({ domain, dip: address, dp: port, cell, service })}\n`
  ).join("");
  const { status, stdout, stderr, late } = await runCommand([program, ...args], {
    input,
    signal,
    timeout,
    farewell: "SIGINT",
  });
  const lines = stdout.split("\n").filter((line) => line !== "");
  return {
    results: lines.map((line) => readResult(JSON.parse(line), tester.name)),
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
  readonly dip: string;
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
    address: result.dip,
    conditions: result.conditions,
    flows: Object.fromEntries(flows),
    metrics: {},
  };
}
