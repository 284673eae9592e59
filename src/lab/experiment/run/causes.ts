import { counted } from "../../../host/quantity.ts";
import type { ExpectationReport, LikelyCause } from "../../../contract/experiment_report.ts";
import type { LabPlan } from "../../topology/network_plan.ts";
import type { CellPlan, PlannedTester } from "../plan/experiment_plan.ts";
import type { TesterResult } from "./expectations.ts";
import type { ServiceFate } from "./group_services.ts";

/** What is known of a test that did not come out as it should. */
export interface Evidence {
  readonly cell: CellPlan;
  readonly testers: readonly PlannedTester[];
  readonly results: readonly TesterResult[];
  readonly expectations: readonly ExpectationReport[];
  readonly services: readonly ServiceFate[];
  /** What went wrong with testers, by name. */
  readonly testerProblems: Readonly<Record<string, string>>;
  /** Sentences of the lab on what was wrong with itself. */
  readonly labFaults: readonly string[];
  readonly lab: LabPlan | null;
}

/** What the program concludes where it has seen too little. */
const NOT_OBSERVED = "pathspider.not_observed";
/** Ends of conditions that say that the baseline failed too, or failed alone. */
const BASELINE = [".offline", ".transient"];
/** Lines of evidence for one cause. */
const MOST_LINES = 8;

/** Why a test came to no verdict, besides what ended it. */
export function causesOfEnd(evidence: Evidence): LikelyCause[] {
  return [
    ...deadServices(evidence),
    ...brokenTesters(evidence),
    ...overloadedLab(evidence),
  ];
}

/** Why expectations were missed, the likeliest first. */
export function causesOf(evidence: Evidence): LikelyCause[] {
  return [
    ...causesOfEnd(evidence),
    ...nothingMeasured(evidence),
    ...baselineHit(evidence),
    ...notObserved(evidence),
    ...loss(evidence),
    ...thePath(evidence),
  ];
}

function deadServices({ services }: Evidence): LikelyCause[] {
  return services.filter(({ problem }) => problem !== null).map(({ name, problem, lastLines }) => ({
    blame: "service",
    cause: `The service ${name} did not last until the end of the test.`,
    // The sentence quotes the log too, whose lines follow
    evidence: [problem!.split("; its log")[0]!, ...lastLines].slice(0, MOST_LINES),
  }));
}

function brokenTesters({ testers, testerProblems }: Evidence): LikelyCause[] {
  return testers.filter(({ name }) => Object.hasOwn(testerProblems, name)).map((
    { name, runs },
  ) => ({
    blame: runs.kind === "spider" ? "spider" : "service",
    cause: `The tester ${name} did not come to its end in order.`,
    evidence: [`It ${testerProblems[name]!}`],
  }));
}

function nothingMeasured({ results, cell, testers }: Evidence): LikelyCause[] {
  if (results.length > 0) return [];
  return [{
    blame: "spider",
    cause: "Nothing was measured at this place of the matrix.",
    evidence: testers.map(({ name, targets }) =>
      `${name} gave no result for ${
        targets.flatMap(({ service }) => cell.targets[service] ?? []).join(", ")
      }`
    ),
  }];
}

function overloadedLab({ labFaults }: Evidence): LikelyCause[] {
  if (labFaults.length === 0) return [];
  return [{
    blame: "environment",
    cause: "The network itself was in trouble.",
    evidence: labFaults.slice(0, MOST_LINES),
  }];
}

function baselineHit({ results, cell }: Evidence): LikelyCause[] {
  const hit = results.flatMap(({ address, conditions }) =>
    conditions.filter((one) => BASELINE.some((end) => one.endsWith(end)))
      .map((one) => `${address}: ${one}`)
  );
  if (hit.length === 0) return [];
  const { middlebox } = cell.cell;
  return [{
    blame: "path",
    cause: middlebox === undefined
      ? "The baseline did not come through either: something on the path drops or refuses more than the feature."
      : `The middlebox ${middlebox} also hit the baseline.`,
    evidence: hit.slice(0, MOST_LINES),
  }];
}

function notObserved({ results }: Evidence): LikelyCause[] {
  const unseen = results.filter(({ conditions }) => conditions.includes(NOT_OBSERVED));
  if (unseen.length === 0) return [];
  return [{
    blame: "spider",
    cause: `The spider did not come to a verdict on ${unseen.length} of ${
      counted(results.length, "target")
    }.`,
    evidence: unseen.map(({ address, conditions }) => `${address}: ${conditions.join(", ")}`)
      .slice(0, MOST_LINES),
  }];
}

function loss({ lab, cell }: Evidence): LikelyCause[] {
  const lossy = (lab?.links ?? []).filter((link) => link.loss > 0)
    .map(({ between, loss }) => `the link ${between.join(" - ")} loses ${loss * 100} %`);
  const { middlebox } = cell.cell;
  if (/^(loss|rate-limit|conn-limit)\b/.test(String(middlebox ?? ""))) {
    lossy.push(`the middlebox ${middlebox} drops by chance or by count`);
  }
  if (lossy.length === 0) return [];
  return [{ blame: "path", cause: "Packets were lost, whatever they carried.", evidence: lossy }];
}

function thePath({ results, expectations, cell }: Evidence): LikelyCause[] {
  const missed = expectations.filter(({ met }) => !met);
  if (missed.length === 0 || results.length === 0) return [];
  const { middlebox } = cell.cell;
  const seen = new Map<string, number>();
  for (const { conditions } of results) {
    const all = conditions.join(", ") || "no condition";
    seen.set(all, (seen.get(all) ?? 0) + 1);
  }
  return [{
    blame: "path",
    cause: middlebox === undefined || middlebox === "transparent"
      ? "The path or the service treats the feature otherwise than is expected."
      : `The middlebox ${middlebox} treats the feature otherwise than is expected.`,
    evidence: [...seen].map(([conditions, count]) =>
      `${count} of ${counted(results.length, "result")}: ${conditions}`
    ).slice(0, MOST_LINES),
  }];
}
