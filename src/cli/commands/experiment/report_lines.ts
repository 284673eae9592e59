import type { ExperimentReport, TestReport } from "../../../contract/experiment_report.ts";
import { countsOf } from "../../../lab/experiment/run/run_experiment.ts";
import { cleaned } from "../../../target/quote.ts";

/** Causes of one test that are shown. */
const MOST_CAUSES = 3;

/** What a run came to, in lines for people: what did not come out, and where the report is. */
export function reportLines({ tests, seconds }: ExperimentReport, folder: string): string[] {
  const { completed, failed, error } = countsOf(tests);
  return [
    ...tests.filter(({ state }) => state !== "completed").flatMap(missed),
    `${completed} of ${tests.length} tests came out as expected in ${seconds.toFixed(1)} s` +
    (failed + error === 0 ? "" : `, ${failed} failed, ${error} did not come to a verdict`),
    `report: ${folder}/report.html`,
  ];
}

function missed({ id, state, expectations, causes }: TestReport): string[] {
  return [
    `${state}: ${id}`,
    ...expectations.filter(({ met }) => !met).map(({ expectation, missed, of }) =>
      `  ${expectation}: ${of === 0 ? "nothing was measured" : `missed by ${missed} of ${of}`}`
    ),
    ...causes.slice(0, MOST_CAUSES).flatMap(({ cause, evidence }) => [
      `  ${cleaned(cause)}`,
      ...evidence.map((line) => `    ${cleaned(line)}`),
    ]),
  ];
}
