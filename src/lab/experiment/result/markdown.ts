import type {
  ExperimentReport,
  LikelyCause,
  TestReport,
} from "../../../contract/experiment_report.ts";
import { asBlock, asCode, asTable, asText } from "./markdown_text.ts";
import { type TestVerdicts, verdictsByTest } from "./verdict_table.ts";
import {
  fareText,
  particulars,
  probedLines,
  secondsText,
  summarySentence,
  verdictText,
} from "./words.ts";

/** The report of an experiment as Markdown: verdicts in tables, what failed and why, what probes found. */
export function reportMarkdown(report: ExperimentReport): string {
  const failures = report.tests.filter(({ state }) => state !== "completed");
  const probed = report.tests.filter((test) => probedLines(test).length > 0);
  const versions = Object.entries(report.versions);
  return [
    `# ${asText(report.name)}`,
    ...(report.description === null ? [] : [asText(report.description)]),
    asText(summarySentence(report)),
    asText(particulars(report)),
    "## Verdicts",
    ...verdictsByTest(report).flatMap(verdictBlocks),
    ...(failures.length === 0 ? [] : ["## Failures", ...failures.flatMap(failureBlocks)]),
    ...(probed.length === 0 ? [] : ["## On the way", ...probed.flatMap(probedBlocks)]),
    ...(versions.length === 0 ? [] : [
      "## Versions",
      asTable(
        ["what", "version"],
        versions.map(([name, version]) => [asText(name), asText(version)]),
      ),
    ]),
  ].join("\n\n") + "\n";
}

function verdictBlocks({ test, common, reports, table }: TestVerdicts): string[] {
  return [
    `### ${asText(test)}`,
    ...(common.length === 0 ? [] : [`All with ${common.map(asCode).join(", ")}.`]),
    table === null
      ? asTable(
        ["test", "verdict", "time"],
        reports.map((report) => [asCode(report.id), report.state, secondsText(report.seconds)]),
      )
      : asTable(
        [table.axis, ...table.columns].map(asText),
        table.rows.map(({ value, places }) => [asCode(value), ...places.map(verdictText)]),
      ),
  ];
}

function failureBlocks({ id, state, blame, problem, expectations, causes }: TestReport): string[] {
  const missed = expectations.filter(({ met }) => !met);
  return [
    `### ${asCode(id)}: ${state}${blame === null ? "" : ` (${blame})`}`,
    ...(problem === null ? [] : [asText(problem)]),
    ...(missed.length === 0 ? [] : [
      missed.map((one) => `- ${asCode(one.expectation)}: ${fareText(one)}`).join("\n"),
    ]),
    ...(causes.length === 0 ? [] : ["Likely causes:", causes.map(causeItem).join("\n")]),
  ];
}

function probedBlocks(test: TestReport): string[] {
  return [
    `### ${asCode(test.id)}`,
    probedLines(test).map((line) => `- ${asText(line)}`).join("\n"),
  ];
}

function causeItem({ blame, cause, evidence }: LikelyCause, at: number): string {
  const marker = `${at + 1}. `;
  const block = evidence.length === 0 ? [] : asBlock(evidence).split("\n");
  return [
    `${marker}${blame}: ${asText(cause)}`,
    ...block.map((line) => " ".repeat(marker.length) + line),
  ].join("\n");
}
