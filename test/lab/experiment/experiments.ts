import { assertEquals } from "@std/assert";
import type { ExperimentReport } from "../../../src/contract/experiment_report.ts";
import { Folder } from "../../data/temporary.ts";
import { type ProgramRun, spider } from "../../spider.ts";

/** What a run of an experiment gave. */
export interface RunExperiment extends ProgramRun {
  readonly report: ExperimentReport;
  /** The folder of its results. */
  readonly results: string;
}

/**
 * Runs an experiment that is a text of YAML, or one that ships with the program.
 *
 * @param program runs a command line; spiders in networks of the kernel start it once more, which
 *   takes a process of its own
 */
export async function run(
  folder: Folder,
  experiment: string,
  options: readonly string[] = [],
  program: (args: readonly string[]) => Promise<ProgramRun> = spider,
): Promise<RunExperiment> {
  const file = experiment.includes("\n")
    ? folder.put("experiment.yaml", new TextEncoder().encode(experiment))
    : experiment;
  const parent = folder.at(`results-${crypto.randomUUID().slice(0, 8)}`);
  const ended = await program(["experiment", "run", "--json", "-o", parent, ...options, file]);
  if (ended.out === "") throw new Error(`no report: ${ended.code} ${ended.err}`);
  const { folder: results, ...report } = JSON.parse(ended.out);
  return { ...ended, report, results };
}

/** Asserts that all tests of an experiment came out as they should. */
export function assertCompleted({ report, err }: RunExperiment): void {
  const others = report.tests.filter(({ state }) => state !== "completed");
  assertEquals(
    others.map(({ id, state, expectations, causes, conditions }) => ({
      id,
      state,
      missed: expectations.filter(({ met }) => !met).map(({ expectation }) => expectation),
      conditions,
      causes: causes.map(({ cause, evidence }) => [cause, ...evidence]),
    })),
    [],
    err,
  );
}
