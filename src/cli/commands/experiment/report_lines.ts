import type { ExperimentReport, TestReport } from "../../../contract/experiment_report.ts";
import { countsOf } from "../../../lab/experiment/run/run_experiment.ts";
import { fareText } from "../../../lab/experiment/result/words.ts";
import { cleaned } from "../../../target/quote.ts";

/** Causes of one test that are shown. */
const MOST_CAUSES = 3;

/** What a run came to, in lines for people: what did not come out, and where the report is. */
export function reportLines({ tests, seconds }: ExperimentReport, folder: string): string[] {
  const { completed, failed, error } = countsOf(tests);
  return [
    ...alike(tests.filter(({ state }) => state !== "completed")),
    `${completed} of ${tests.length} tests came out as expected in ${seconds.toFixed(1)} s` +
    (failed + error === 0 ? "" : `, ${failed} failed, ${error} did not come to a verdict`),
    `report: ${folder}/report.html`,
  ];
}

/** What each test missed; where several of one outcome missed the same, it is printed once. */
function alike(tests: readonly TestReport[]): string[] {
  const groups = new Map<string, TestReport[]>();
  for (const test of tests) {
    const key = [test.state, ...missed(test)].join("\n");
    groups.set(key, [...groups.get(key) ?? [], test]);
  }
  return [...groups.values()].flatMap((group) => {
    const [{ id, state }] = group as [TestReport];
    const others = group.length - 1;
    return [
      `${state}: ${id}${others === 0 ? "" : `, and ${others} more alike`}`,
      ...missed(group[0]!),
    ];
  });
}

function missed({ expectations, causes }: TestReport): string[] {
  return [
    ...expectations.filter(({ met }) => !met).map((one) =>
      `  ${cleaned(`${one.expectation}: ${fareText(one)}`)}`
    ),
    ...causes.slice(0, MOST_CAUSES).flatMap(({ cause, evidence }) => [
      `  ${cleaned(cause)}`,
      ...evidence.map((line) => `    ${cleaned(line)}`),
    ]),
  ];
}
