import type { Journal } from "../host/journal.ts";
import { measure } from "../measure/measure.ts";
import type { Tally } from "../measure/tally.ts";
import { concluderOf } from "../plugin/provenance.ts";
import { Skipped } from "../target/skipped.ts";
import { yieldsTargets } from "./contradictions.ts";
import { endWith, FirstFailure } from "./ending.ts";
import { journalOf } from "./journal.ts";
import type { ResultSink, RunOutput } from "./output.ts";
import type { Plan } from "./plan.ts";
import { Reading, type TargetSource } from "./reading.ts";
import { Session } from "./session.ts";

/** Callbacks for the events of a run. */
export interface RunListener {
  /** A leftover of a killed run was restored, or could not be: a sentence. */
  restored(sentence: string): void;
  /** What may keep the results from being true, in a sentence. */
  warned(text: string): void;
  /** A line of the input was skipped. */
  skipped(line: number, problem: string): void;
  /** A target gave no jobs, to a spider that yields them. */
  withoutJobs(line: number, problem: string): void;
  /** The first signal to end came, and results still wait for their reader. */
  resultsWait(): void;
}

/** What a run works with. */
export interface RunParts {
  readonly source: TargetSource;
  readonly output: RunOutput;
  readonly listener: RunListener;
}

/** Where a run stands. */
export interface RunState {
  /** Targets that are done, and lines that were skipped. */
  readonly done: number;
  /** How many there will be, as far as can be told; null when it cannot. */
  readonly total: number | null;
  /** Seconds since the start. */
  readonly seconds: number;
  /** Targets whose flows were not observed. */
  readonly unobserved: number;
  /** Packets that the kernel dropped. */
  readonly drops: number;
}

/** One run of a measurement: targets in, results out, with a manifest beside them. */
export class MeasureRun implements Disposable {
  /** Lines of targets that gave no jobs. */
  readonly withoutJobs = new Skipped();
  readonly reading: Reading;
  /** What was warned of. */
  readonly warnings: string[] = [];
  readonly #plan: Plan;
  readonly #parts: RunParts;
  readonly #stack = new DisposableStack();
  readonly #journal: Journal;
  readonly #session: Session;
  readonly #sink: ResultSink;
  readonly #started = performance.now();
  /** Results that the sink was given. */
  #results = 0;

  /**
   * Puts back what runs that were killed have left, and gets ready to measure.
   *
   * @throws {Failure} when this host cannot measure so, or the sink cannot be opened
   */
  constructor(plan: Plan, parts: RunParts) {
    this.#plan = plan;
    this.#parts = parts;
    const { source, output, listener } = parts;
    this.reading = new Reading(plan, source, output.earlier);
    this.#journal = this.#stack.use(journalOf(plan, (sentence) => listener.restored(sentence)));
    try {
      this.#session = this.#stack.use(
        new Session(plan, this.#journal, plan.workers, (text) => this.#warn(text)),
      );
      this.#sink = output.sink();
    } catch (error) {
      this.#stack.dispose();
      throw error;
    }
  }

  get state(): RunState {
    const { reading, tally } = this;
    return {
      done: tally.done + reading.skipped.count + reading.alreadyDone,
      total: reading.total,
      seconds: (performance.now() - this.#started) / 1000,
      unobserved: tally.unobserved,
      drops: this.#session.setup.captureCounts().dropped,
    };
  }

  get tally(): Readonly<Tally> {
    return this.#session.setup.tally;
  }

  /** Whether targets were measured, and not one connection was observed: this host cannot measure. */
  get blind(): boolean {
    return this.tally.done > 0 && this.tally.seen === 0;
  }

  /** Whether an end now would give up what is in flight, instead of finishing it. */
  get givesUp(): boolean {
    return this.#session.setup.givesUp;
  }

  /** Puts back what was set on this host, as far as that can be done without waiting. */
  leaveAtOnce(): void {
    this.#session.setup.leaveAtOnce();
    this.#journal.close();
  }

  /**
   * Measures all targets. What ends it early does not keep what was measured from being written.
   *
   * @param stop when it aborts, no more targets are taken, and it ends in order
   * @param overdue rejects when its end in order does not come; never when missing
   * @returns what ended it early; null when nothing did
   */
  async measure(
    stop: AbortSignal,
    overdue: Promise<never> = new Promise(() => {}),
  ): Promise<unknown> {
    const { listener, output: { manifest } } = this.#parts;
    const sink = this.#sink;
    const first = new FirstFailure();
    await first.attempt(async () => {
      manifest?.begin(this.#begun());
      await Promise.race([this.#measureAll(stop), overdue]);
    });
    if (stop.aborted && sink.waiting > 0) listener.resultsWait();
    await first.attempt(() => sink.close());
    return first.failure;
  }

  /**
   * Writes the manifest, with the outcome of the run.
   *
   * @param failure what ended it early; null when nothing did
   * @throws what ended it early; else a `Failure` when the manifest cannot be written
   */
  end(interrupted: boolean, failure: unknown): void {
    const lost = yieldsTargets(this.#plan) ? 0 : this.#results - this.#sink.written;
    endWith(failure, () => {
      this.#parts.output.manifest?.write({ ...this.#begun(), lost, interrupted, failure });
    });
  }

  close(): void {
    this.#stack.dispose();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #warn(text: string): void {
    this.warnings.push(text);
    this.#parts.listener.warned(text);
  }

  #begun() {
    const { setup, control } = this.#session;
    return { setup, reading: this.reading, control };
  }

  async #measureAll(stop: AbortSignal): Promise<void> {
    const { setup, locating, control } = this.#session;
    const { listener } = this.#parts;
    const { reading } = this;
    const sink = this.#sink;
    const spider = concluderOf(this.#plan.spider);
    const room = (signal: AbortSignal) => sink.room(signal);
    const outcomes = measure((signal) => reading.jobs(signal, room, control), setup, {
      stop,
      ...(locating === null ? {} : { extend: (result) => locating.extend(result) }),
    });
    for await (const outcome of outcomes) {
      if ("warning" in outcome) {
        this.#warn(outcome.warning);
        continue;
      }
      const { line } = outcome;
      if ("problem" in outcome) {
        const { problem } = outcome;
        reading.skipped.add({ line, problem });
        listener.skipped(line, problem);
        continue;
      }
      const { target: { domain, dip }, measured: { result, ...measured } } = outcome;
      const jobs = yieldsTargets(this.#plan) ? measured.jobs : null;
      for (const written of jobs ?? [{ ...result, spider }]) {
        this.#results++;
        sink.write(written);
      }
      if (jobs?.length !== 0) continue;
      const problem = `${domain ?? dip}: ${result.conditions.join(", ")}`;
      this.withoutJobs.add({ line, problem });
      listener.withoutJobs(line, problem);
    }
  }
}
