import { counted } from "../../../host/quantity.ts";
import type {
  ExpectationReport,
  ExperimentReport,
  LocateReport,
  TestReport,
  TracedHop,
  TraceReport,
} from "../../../contract/experiment_report.ts";

/** What a test may come to, the worst last. */
export const VERDICTS = ["completed", "failed", "error"] as const satisfies readonly Verdict[];

/** What a test came to. */
export type Verdict = TestReport["state"];

/** How many tests there were, how long they took, and what they came to, as one sentence. */
export function summarySentence({ tests, seconds, interrupted }: ExperimentReport): string {
  const counts = VERDICTS.map((verdict) =>
    `${tests.filter(({ state }) => state === verdict).length} ${verdict}`
  );
  return `${counted(tests.length, "test")} in ${secondsText(seconds)}: ` +
    `${counts.join(", ")}${interrupted ? "; it was interrupted, so tests may be missing" : ""}.`;
}

/** What else is to be known of an experiment: its version, beginning, seed and tags. */
export function particulars({ version, began, seed, tags }: ExperimentReport): string {
  return [
    ...(version === null ? [] : [`version ${version}`]),
    `began ${began}`,
    `seed ${seed}`,
    ...(tags.length === 0 ? [] : [`tags ${tags.join(", ")}`]),
  ].join("; ");
}

/** The worst that several reports came to; null for none. */
export function worstOf(reports: readonly TestReport[]): TestReport | null {
  return VERDICTS.map((verdict) => reports.find(({ state }) => state === verdict))
    .findLast((report) => report !== undefined) ?? null;
}

/** What several reports came to: `failed`, or `1 failed, 2 error of 5`; empty for none. */
export function verdictText(reports: readonly TestReport[]): string {
  const counts = VERDICTS.map((verdict) =>
    [verdict, reports.filter(({ state }) => state === verdict).length] as const
  ).filter(([, count]) => count > 0);
  if (counts.length < 2) return counts[0]?.[0] ?? "";
  const bad = counts.filter(([verdict]) => verdict !== "completed");
  return `${bad.map(([verdict, count]) => `${count} ${verdict}`).join(", ")} of ${reports.length}`;
}

/** How an expectation fared: `met`, `missed 3 of 4`, or that there was no result to judge it by. */
export function fareText({ met, missed, of, seen = [] }: ExpectationReport): string {
  if (met && missed === 0) return "met";
  if (of === 0) return "missed: there is no result";
  const values = seen.length === 0 ? "" : `, which have ${seen.join(", ")}`;
  return `${met ? "met: tolerated" : "missed"} ${missed} of ${of}${values}`;
}

/** What traces and localisations of a test found, a line for each address. */
export function probedLines({ traces, localisations }: TestReport): string[] {
  return [...traces.map(traceText), ...localisations.map(localisationText)];
}

function traceText({ address, reached, hops }: TraceReport): string {
  // As many silent hops as it may have follow where a path ends early
  const last = hops.findLastIndex(({ responders }) => responders.length > 0);
  const [silent, ...more] = hops.slice(last + 1);
  const said = hops.slice(0, last + 1).map(hopText);
  if (silent !== undefined) {
    said.push(`${silent.hop}${more.length === 0 ? "" : `-${more.at(-1)!.hop}`} *`);
  }
  const isSilent = !reached && hops[last]?.unreachable !== true;
  return `trace to ${address}: ${said.join(", ") || "no hop"}${
    isSilent ? "; it did not answer" : ""
  }`;
}

function hopText({ hop, responders, rtt, unreachable }: TracedHop): string {
  return [
    hop,
    responders.join(" and ") || "*",
    ...(rtt === null ? [] : [`${rtt.toFixed(3)} ms`]),
    ...(unreachable ? ["(says unreachable)"] : []),
  ].join(" ");
}

function localisationText({ feature, address, summary }: LocateReport): string {
  return `locate ${feature} to ${address}: ${summary.join(" ")}`;
}

/** A number with as many digits as are of use to people. */
export function rounded(value: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(6));
}

/** Seconds for people. */
export function secondsText(seconds: number): string {
  return `${seconds.toFixed(1)} s`;
}
