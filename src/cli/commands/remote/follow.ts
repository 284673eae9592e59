import { counted } from "../../../host/quantity.ts";
import type { ResultWriter } from "../../../result/ndjson.ts";
import type { RunState } from "../../../run/measure_run.ts";
import type { SkippedCount, Summary } from "../measure/summary.ts";
import { eventsOf } from "./events.ts";
import { RemoteFailure, said } from "./failure.ts";
import { type MeasurementRecord, measurementRecord, type RemoteEvent } from "./record.ts";
import { RemoteResults } from "./results.ts";
import { ToldLines } from "./told_lines.ts";
import { patiently, type Retry } from "./retry.ts";
import type { RemoteServer } from "./server.ts";
import { stopThere } from "./stop.ts";

/** Warnings that are kept for the end. */
const MOST_WARNINGS = 100;

/** What a measurement on a server is followed with. */
export interface FollowParts {
  readonly writer: Pick<ResultWriter, "write" | "room">;
  /** Lines of the input that were left out here. */
  readonly skipped: SkippedCount;
  /** The line of the input that a target stands in, both from 1. */
  readonly lineOf: (target: number) => number;
  /** Aborts when the user wants it to end: the server is asked to, and what was measured is taken. */
  readonly stop: AbortSignal;
  /** Ends all that is asked of the server. */
  readonly giveUp: AbortController;
  readonly retry: Pick<Retry, "tries" | "pause" | "longest">;
  /** Tells the user what he should know. */
  readonly say: (text: string) => void;
  /** Tells him what he may want to know. */
  readonly mention: (text: string) => void;
}

/** A measurement that a server makes, followed to its end as a run of this host is. */
export class Follower implements Disposable {
  readonly #server: RemoteServer;
  readonly #id: string;
  readonly #parts: FollowParts;
  readonly #retry: Retry;
  readonly #results: RemoteResults;
  readonly #began = performance.now();
  readonly #warnings: string[] = [];
  /** Targets that had no result, by what became of them. */
  readonly #told = { skipped: new ToldLines(), without_jobs: new ToldLines() };
  readonly #stop = () => void this.#askToStop();
  #record: MeasurementRecord;
  #progress = { done: 0, unobserved: 0, drops: 0 };
  /** Targets that gave no jobs, of turns that have ended. */
  #withoutJobs = 0;
  /** Why the server could not be asked to end it. */
  #unstopped: RemoteFailure | null = null;

  constructor(server: RemoteServer, record: MeasurementRecord, parts: FollowParts) {
    this.#server = server;
    this.#id = record.id;
    this.#record = record;
    this.#parts = parts;
    this.#retry = { ...parts.retry, signal: parts.giveUp.signal, say: parts.say };
    this.#results = new RemoteResults(server, record.id, parts.writer, this.#retry);
    parts.stop.addEventListener("abort", this.#stop);
    if (parts.stop.aborted) this.#stop();
  }

  /** Where it stands. */
  get state(): RunState {
    const { done, unobserved, drops } = this.#progress;
    const { skipped } = this.#parts;
    return {
      done: done + skipped.count,
      total: this.#record.targets.all + skipped.count,
      seconds: (performance.now() - this.#began) / 1000,
      unobserved,
      drops,
    };
  }

  /** How it stands on the server, as far as is known here. */
  get record(): MeasurementRecord {
    return this.#record;
  }

  /** What it came to. */
  summary(interrupted: boolean): Summary {
    const { tally } = this.#results;
    const { targets } = this.#record;
    const { skipped } = this.#parts;
    return {
      // Of targets for others nothing is counted in what was taken
      done: Math.max(tally.done, targets.done - targets.skipped),
      skipped: {
        count: skipped.count + targets.skipped,
        first: this.#told.skipped.with(skipped.first),
      },
      withoutJobs: { count: this.#withoutJobs, first: this.#told.without_jobs.with([]) },
      unobserved: tally.unobserved,
      drops: 0, // a warning of the server's says so
      seconds: this.state.seconds,
      conditions: tally.conditions,
      agreement: tally.agreement,
      interrupted,
      warnings: this.#warnings,
    };
  }

  /**
   * Takes results as they become final, until the run has ended.
   *
   * @throws {RemoteFailure} when the server cannot be reached again, or sends nonsense
   */
  async follow(): Promise<void> {
    const isOver = async () => !["running", "queued"].includes(await this.#look());
    const events = eventsOf(this.#server, this.#id, this.#retry, isOver);
    try {
      for await (const event of events) await this.#take(event);
      await this.#look();
      await this.#results.take(Infinity);
    } catch (error) {
      throw this.#unstopped ?? error;
    }
  }

  [Symbol.dispose](): void {
    this.#parts.stop.removeEventListener("abort", this.#stop);
  }

  async #askToStop(): Promise<void> {
    try {
      await stopThere(this.#server, this.#id, this.#retry);
    } catch (error) {
      if (!(error instanceof RemoteFailure)) throw error;
      this.#unstopped = error;
      this.#parts.giveUp.abort();
    }
  }

  async #look(): Promise<MeasurementRecord["state"]> {
    this.#record = await patiently(
      () => this.#server.record(measurementRecord, `measurements/${this.#id}`),
      this.#retry,
    );
    return this.#record.state;
  }

  async #take(event: RemoteEvent): Promise<void> {
    const { say, mention } = this.#parts;
    if (event.type === "started") mention(`${this.#server.host} begins with it`);
    if (event.type === "log") {
      const { level, target, outcome, problem, without_jobs: withoutJobs = 0 } = event.data;
      this.#withoutJobs += withoutJobs;
      const text = said(event.data.text);
      if (target !== undefined && problem !== undefined) {
        const told = { line: this.#parts.lineOf(target), problem: said(problem) };
        if (outcome === "skipped" || outcome === "without_jobs") this.#told[outcome].add(told);
        return mention(`line ${told.line}: ${told.problem}`);
      }
      if (level !== "warning") return mention(text);
      if (this.#warnings.length < MOST_WARNINGS) this.#warnings.push(text);
      say(`warning: ${text}`);
    }
    if (event.type === "progress") {
      this.#progress = event.data;
      await this.#results.take(event.data.settled);
    }
  }
}

/** What the first Ctrl-C is answered with. */
export function stoppingText(host: string, { done, total }: RunState): string {
  const left = total === null ? "" : ` with ${counted(Math.max(0, total - done), "target")} left`;
  return `Asking ${host} to end the measurement${left}; another Ctrl-C leaves, and it goes on there.`;
}
