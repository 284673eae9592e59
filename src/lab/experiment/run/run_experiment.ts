import { tmpdir } from "node:os";
import type { EVENT_KINDS, ExperimentEvent } from "../../../contract/experiment_event.ts";
import type { ExperimentReport, TestReport } from "../../../contract/experiment_report.ts";
import { Journal } from "../../../host/journal.ts";
import { jsonText } from "../../../host/json_text.ts";
import { restore } from "../../../host/restore.ts";
import { PREFIX } from "../../../host/undo.ts";
import { writing } from "../../../host/writing.ts";
import { cleaned } from "../../../target/quote.ts";
import { drawLab } from "../../topology/graph.ts";
import { describedPlan } from "../plan/described_plan.ts";
import type { ExperimentPlan, GroupPlan } from "../plan/experiment_plan.ts";
import { readEventLine } from "../result/event_line.ts";
import { reportHtml } from "../result/html.ts";
import { reportJunit } from "../result/junit.ts";
import { isAtLeast } from "../../../host/log_level.ts";
import { reportMarkdown } from "../result/markdown.ts";
import { ResultsFolder } from "../result/results_folder.ts";
import { EventBus } from "./events.ts";
import { runGroup } from "./group.ts";
import { Observing } from "./observers.ts";
import type { RunContext } from "./run_context.ts";
import { versionsOf } from "./versions.ts";

/** Whether this process may change the system, and so what others have left of it. */
const IS_ROOT = Deno.uid() === 0;

/** How an experiment is run. */
export interface ExperimentRun {
  readonly plan: ExperimentPlan;
  /** The text of the file, which is kept with the results. */
  readonly text: string;
  /** The folder in which the folder of the results is made. */
  readonly results: string;
  /** What tells things of this run from those of another on this machine. */
  readonly suffix: string;
  /** Words for the program itself where it is started again, such as which plugins it trusts. */
  readonly own: readonly string[];
  readonly bus: EventBus;
  /** Is given sentences for people. */
  readonly told: (sentence: string) => void;
}

/** What a run came to. */
export interface ExperimentOutcome {
  readonly report: ExperimentReport;
  /** The folder of the results. */
  readonly folder: string;
}

/**
 * Runs an experiment: its tests in groups, some side by side. Whatever happens, nothing of it is left
 * on the machine but the folder of the results.
 *
 * @throws {Failure} when the results cannot be written
 */
export async function runExperiment(
  { plan, text, results: parent, suffix, own, bus, told }: ExperimentRun,
  signal: AbortSignal,
): Promise<ExperimentOutcome> {
  if (IS_ROOT) restore().forEach(told);
  const { file, groups } = plan;
  const results = ResultsFolder.make(parent, file.name);
  results.write("experiment.yaml", text);
  results.write("plan.json", `${jsonText(describedPlan(plan), 2)}\n`);
  results.write("events.ndjson", "");
  const unwritten = new AbortController();
  const unheard = bus.listen((event) => {
    if (unwritten.signal.aborted) return;
    try {
      keep(event, file.logging, results);
    } catch (error) {
      // Whoever tells of something goes on: what was built must be taken down, with a full disk too
      unwritten.abort(error);
    }
  });
  const began = performance.now();
  const since = () => (performance.now() - began) / 1000;
  const start = new Date().toISOString();
  using journal = Journal.whenNeeded();
  using folders = new TemporaryFolders(journal);
  const observing = new Observing(plan.observers, bus, told);
  try {
    const tests = groups.reduce((sum, { cells }) => sum + cells.length, 0);
    bus.emit("experiment.began", { name: file.name, tests });
    const versions = await versionsOf(plan, bus, folders.make());
    const context: RunContext = {
      bus,
      results,
      journal,
      seed: file.seed,
      suffix,
      own,
      metrics: file.metrics,
      told,
      temporary: () => folders.make(),
    };
    const end = AbortSignal.any([signal, unwritten.signal]);
    const reports = await runAll(groups, file.parallel, file.fast_fail, context, end);
    unwritten.signal.throwIfAborted();
    const report: ExperimentReport = {
      name: file.name,
      description: file.description ?? null,
      version: file.version ?? null,
      tags: file.tags,
      began: start,
      seconds: since(),
      seed: file.seed,
      versions,
      topologies: topologiesOf(groups),
      tests: reports,
      interrupted: signal.aborted,
    };
    bus.emit("experiment.ended", { ...countsOf(reports), seconds: since() });
    results.write("report.json", `${JSON.stringify(report, null, 2)}\n`);
    results.write("report.md", reportMarkdown(report));
    results.write("report.html", reportHtml(report));
    results.write("junit.xml", reportJunit(report));
    groups.forEach(({ artifacts, test, cells }, at) => {
      const isRun = reports.some(({ id, seconds }) => id === cells[0]!.id && seconds > 0);
      if (artifacts === "none" && isRun) results.remove(groupFolder(at, test));
    });
    return { report, folder: results.path };
  } finally {
    await observing.end();
    unheard();
  }
}

/** Keeps an event for programs, and where it matters enough also for people. */
function keep(
  event: ExperimentEvent,
  { level, features }: ExperimentPlan["file"]["logging"],
  results: ResultsFolder,
): void {
  const line = JSON.stringify(event);
  results.append("events.ndjson", `${line}\n`);
  const kind = event.type.split(".")[0] as typeof EVENT_KINDS[number];
  const entry = readEventLine(line);
  if (entry === null || !isAtLeast(entry.level, features[kind] ?? level)) return;
  const words = [entry.time, entry.level, entry.test, entry.service, entry.text];
  results.append(
    "experiment.log",
    `${cleaned(words.filter((word) => word !== null).join(" "))}\n`,
  );
}

/** The folder of a group, relative to that of the results. */
export function groupFolder(at: number, test: string): string {
  return `${String(at + 1).padStart(3, "0")}-${test}`;
}

/** Counts of tests by how they have ended. */
export function countsOf(tests: readonly TestReport[]) {
  const count = (state: TestReport["state"]) => tests.filter((test) => test.state === state).length;
  return { completed: count("completed"), failed: count("failed"), error: count("error") };
}

async function runAll(
  groups: readonly GroupPlan[],
  parallel: number,
  fastFail: boolean,
  context: RunContext,
  signal: AbortSignal,
): Promise<TestReport[]> {
  const reports: TestReport[][] = [];
  let next = 0;
  let failed = false;
  const faulty = new AbortController();
  const end = AbortSignal.any([signal, faulty.signal]);
  const work = async (): Promise<void> => {
    while (next < groups.length && !end.aborted && !(fastFail && failed)) {
      const at = next++;
      const group = groups[at]!;
      reports[at] = await runGroup(group, groupFolder(at, group.test), context, end);
      failed ||= reports[at].some(({ state }) => state !== "completed");
    }
  };
  const workers = Array.from({ length: parallel }, () => work());
  // Where one is at fault, the others take down what they have before all ends
  workers.forEach((worker) => worker.catch((fault) => faulty.abort(fault)));
  await Promise.allSettled(workers);
  faulty.signal.throwIfAborted();
  const why = signal.aborted ? "the experiment was ended before" : "an earlier test failed";
  return groups.flatMap((group, at) => reports[at] ?? notRun(group, why));
}

/** Reports of tests that never began. */
function notRun({ test, cells }: GroupPlan, why: string): TestReport[] {
  const problem = `It was not run: ${why}.`;
  return cells.map(({ id, cell }) => ({
    id,
    test,
    cell,
    state: "error",
    blame: "experiment",
    began: new Date().toISOString(),
    seconds: 0,
    states: {},
    targets: 0,
    conditions: {},
    expectations: [],
    causes: [{ blame: "experiment", cause: problem, evidence: [] }],
    metrics: {},
    traces: [],
    localisations: [],
    wrapped: {},
    files: {},
    problem,
  }));
}

/** A drawing of the network of each test, of the first one where it has several. */
function topologiesOf(groups: readonly GroupPlan[]): Record<string, string> {
  const drawings: Record<string, string> = {};
  for (const { test, lab } of groups) {
    if (lab !== null) drawings[test] ??= drawLab(lab);
  }
  return drawings;
}

/** Folders that are gone with a run, however it ends; where this is not root, unless it is killed. */
class TemporaryFolders implements Disposable {
  readonly #journal: Journal;
  readonly #paths: string[] = [];

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  make(): string {
    const path = `${tmpdir()}/${PREFIX}experiment-${crypto.randomUUID()}`;
    // Without root there may be no place for a journal, and experiments that need none run all the same
    if (IS_ROOT) this.#journal.add({ kind: "directory", path });
    else this.#paths.push(path);
    writing(path, () => Deno.mkdirSync(path, { mode: 0o700 }));
    return path;
  }

  [Symbol.dispose](): void {
    for (const path of this.#paths) Deno.removeSync(path, { recursive: true });
  }
}
