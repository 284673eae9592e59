import type { ExperimentReport, TestReport } from "../../../contract/experiment_report.ts";
import { type Markup, markup, NOTHING } from "./markup.ts";
import { fareText, type Verdict } from "./words.ts";

/** The report of an experiment as JUnit XML: a suite for each test, a case for each of its places. */
export function reportJunit(report: ExperimentReport): string {
  const { name, tests, seconds } = report;
  const suites = [...Map.groupBy(tests, ({ test }) => test)];
  return markup`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="${name}" ${counts(tests)} time="${seconds.toFixed(3)}">
${suites.map(([test, reports]) => suite(test, reports, report))}
</testsuites>
`.text;
}

function suite(test: string, reports: readonly TestReport[], report: ExperimentReport): Markup {
  const seconds = reports.reduce((sum, one) => sum + one.seconds, 0);
  const properties = [
    ...Object.entries(report.versions).map(([what, version]) => [`version.${what}`, version]),
    ["seed", String(report.seed)],
    ...(report.interrupted ? [["interrupted", "true"]] : []),
  ] as [string, string][];
  return markup`<testsuite name="${test}" ${counts(reports)} time="${
    seconds.toFixed(3)
  }" timestamp="${reports[0]!.began}">
<properties>
${properties.map(([what, value]) => markup`<property name="${what}" value="${value}"/>`)}
</properties>
${reports.map((one) => testCase(one, report.name))}
</testsuite>`;
}

function counts(reports: readonly TestReport[]): Markup {
  const of = (verdict: Verdict) => reports.filter(({ state }) => state === verdict).length;
  return markup`tests="${reports.length}" failures="${of("failed")}" errors="${of("error")}"`;
}

function testCase(test: TestReport, experiment: string): Markup {
  const { id, seconds, state } = test;
  return markup`<testcase name="${id}" classname="${experiment}.${test.test}" time="${
    seconds.toFixed(3)
  }">${
    state === "completed"
      ? NOTHING
      : state === "failed"
      ? markup`<failure ${outcome(test)}</failure>`
      : markup`<error ${outcome(test)}</error>`
  }</testcase>`;
}

/** What stands in an element that says why: its attributes, and its text. */
function outcome({ state, blame, problem, expectations, causes }: TestReport): Markup {
  const missed = expectations.filter(({ met }) => !met)
    .map((one) => `${one.expectation}: ${fareText(one)}`);
  const lines = [
    ...(problem === null ? [] : [problem]),
    ...missed,
    ...causes.flatMap(({ blame, cause, evidence }) => [
      `${blame}: ${cause}`,
      ...evidence.map((line) => `  ${line}`),
    ]),
  ];
  return markup`message="${lines[0] ?? state}" type="${blame ?? state}">${lines.join("\n")}`;
}
