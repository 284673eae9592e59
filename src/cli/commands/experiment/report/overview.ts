import type { ExperimentReport, TestReport } from "../../../../contract/experiment_report.ts";
import { probedLines } from "../../../../lab/experiment/result/words.ts";
import { cleaned } from "../../../../target/quote.ts";
import { type Column, tableLines } from "../../../terminal/table.ts";

const COLUMNS: readonly Column[] = [
  { title: "TEST" },
  { title: "VERDICT" },
  { title: "RESULTS", align: "right" },
  { title: "CONDITION" },
];

/** What tests came to and how many results had each condition, as a table, and what probes found. */
export function overview({ tests }: ExperimentReport): string[] {
  const alike = Map.groupBy(
    tests,
    ({ state, conditions }) => JSON.stringify([state, conditions]),
  );
  return [
    ...tableLines(COLUMNS, [...alike.values()].flatMap(rowsOf)),
    "",
    ...tests.flatMap(probedBlock),
  ];
}

function probedBlock(test: TestReport): string[] {
  const lines = probedLines(test).map((line) => `  ${cleaned(line)}`);
  return lines.length === 0 ? [] : [`${cleaned(test.id)}, on the way:`, ...lines, ""];
}

/** Rows of tests of one outcome, the first of which is named: one row for each condition. */
function rowsOf(alike: readonly TestReport[]): string[][] {
  const [{ id, state, conditions }] = alike as [TestReport];
  const others = alike.length - 1;
  const name = `${cleaned(id)}${others === 0 ? "" : `, and ${others} more alike`}`;
  const [first = ["", ""], ...more] = Object.entries(conditions)
    .map(([condition, count]) => [String(count), cleaned(condition)]);
  return [[name, state, ...first], ...more.map((row) => ["", "", ...row])];
}
