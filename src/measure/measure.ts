import type { Target } from "../contract/job.ts";
import type { Result } from "../contract/spider.ts";
import type { JobLine } from "../target/job_line.ts";
import type { Measured } from "./measured.ts";
import { callPlugin } from "./plugin_call.ts";
import type { Admission } from "./schedule/schedule.ts";
import type { Reactor } from "../host/reactor.ts";
import type { Setup } from "./setup.ts";
import { count } from "./tally.ts";
import { measureTarget } from "./target.ts";
import { checkTarget, type TargetNeeds } from "./target_check.ts";

/**
 * A measured target, a line of the input that could not be measured, or a warning about this host.
 */
export type MeasureOutcome =
  | { readonly warning: string }
  | { readonly line: number; readonly problem: string }
  | { readonly line: number; readonly target: Target; readonly measured: Measured };

/** What a measurement works with: this host's own {@linkcode Setup}, or one that stands for it. */
export type MeasureSetup =
  & Pick<Setup, "context" | "schedule" | "tally" | "broke" | "onWarning" | "note">
  & Pick<Setup, "cancel" | "finish">
  & {
    readonly reactor: Pick<Reactor, "run" | "stop">;
    readonly options: TargetNeeds;
  };

/** What decides how far a measurement goes. */
export interface MeasureOptions {
  /**
   * When it aborts, no more targets are taken: what is in flight is finished, or aborted where arms
   * take turns and the last one has not had its turn.
   */
  readonly stop: AbortSignal;
  /**
   * OPTIONAL. Adds the findings of a further examination of the target to its result, before it is
   * counted.
   */
  extend?(result: Result): Promise<Result>;
}

/**
 * Measures targets, a bounded number of them at once, and yields outcomes as they come.
 *
 * @param targets the lines to measure; must end soon after the signal that it is given aborts
 * @throws the first error that ended the run early, after the same orderly end
 */
export function measure(
  targets: (signal: AbortSignal) => AsyncIterable<JobLine<Target>>,
  setup: MeasureSetup,
  options: MeasureOptions,
): AsyncIterableIterator<MeasureOutcome> {
  return new Run(setup, options, targets);
}

/**
 * One run of a measurement, and the iterator of its outcomes: a generator would cost a tenth of the
 * time per target.
 */
class Run implements AsyncIterableIterator<MeasureOutcome> {
  readonly #setup: MeasureSetup;
  readonly #options: MeasureOptions;
  readonly #halt = new AbortController();
  readonly #ending: AbortSignal;
  readonly #targets: (signal: AbortSignal) => AsyncIterable<JobLine<Target>>;
  /** Those that were not asked for yet, from `#next` on. */
  #outcomes: MeasureOutcome[] = [];
  #next = 0;
  /** Fulfilled when everything has ended, well or not; null before the first outcome is asked for. */
  #end: Promise<void> | null = null;
  #wake: () => void = () => {};
  #over = false;
  #error: { readonly reason: unknown } | null = null;

  constructor(
    setup: MeasureSetup,
    options: MeasureOptions,
    targets: (signal: AbortSignal) => AsyncIterable<JobLine<Target>>,
  ) {
    this.#setup = setup;
    this.#options = options;
    this.#targets = targets;
    this.#ending = AbortSignal.any([options.stop, this.#halt.signal]);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** The next outcome, as soon as there is one; rejects with what ended the run early, at its end. */
  async next(): Promise<IteratorResult<MeasureOutcome>> {
    this.#end ??= this.#start();
    for (;;) {
      if (this.#next < this.#outcomes.length) {
        return { done: false, value: this.#outcomes[this.#next++]! };
      }
      this.#outcomes = [];
      this.#next = 0;
      if (this.#over) break;
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    const error = this.#error;
    this.#error = null;
    if (error !== null) throw error.reason;
    return { done: true, value: undefined };
  }

  /** The consumer has stopped: takes no more targets, and shuts down. */
  async return(): Promise<IteratorResult<MeasureOutcome>> {
    this.#halt.abort();
    await this.#end;
    return { done: true, value: undefined };
  }

  /** Measures all there is. */
  async #start(): Promise<void> {
    const setup = this.#setup;
    const { reactor, schedule } = setup;
    const fail = (error: unknown) => this.#fail(error);
    const broke = reactor.run().catch((error) => {
      fail(error);
      throw error;
    });
    broke.catch(() => {}); // or it would count as unhandled while init runs
    const end = () => schedule.stop();
    const failed = () => fail(setup.broke.reason);
    setup.onWarning = (warning) => this.#yield({ warning });
    this.#ending.addEventListener("abort", end);
    setup.broke.addEventListener("abort", failed);
    try {
      await this.#hook("init");
      await Promise.race([this.#feed(), broke]);
    } catch (error) {
      fail(error);
    } finally {
      this.#ending.removeEventListener("abort", end);
      // What waits for the reactor's next turn goes on waiting when that has broken
      await Promise.race([setup.cancel(), broke.catch(() => {})]);
      await schedule.close().catch(fail);
      await this.#hook("close").catch(fail);
      await setup.finish().catch(fail);
      reactor.stop();
      await broke.catch(() => {}); // it is in #error
      setup.broke.removeEventListener("abort", failed);
      this.#over = true;
      this.#wake();
    }
  }

  /** Calls a function of the spider that belongs to the whole run. */
  async #hook(name: "init" | "close"): Promise<void> {
    const { spider, spiderOptions } = this.#setup.options;
    if (spider[name] === undefined) return;
    await callPlugin(spider, name, () => spider[name]!(spiderOptions));
  }

  async #feed(): Promise<void> {
    const { schedule, options, context } = this.#setup;
    try {
      for await (const line of this.#targets(this.#ending)) {
        const target = await checkTarget(line, options);
        if (typeof target === "string") {
          this.#yield({ line: line.line, problem: target });
          continue;
        }
        if (!await context.pace.turn(this.#ending)) break;
        const admission = await schedule.admit();
        if (this.#ending.aborted) {
          admission.end();
          break;
        }
        this.#begin(target, line.line, admission);
      }
    } catch (error) {
      this.#fail(error);
    }
    await schedule.finish();
  }

  #begin(target: Target, line: number, admission: Admission): void {
    this.#setup.tally.started++;
    this.#measure(target, line, admission)
      .catch((error) => this.#fail(error))
      .finally(() => admission.end());
  }

  async #measure(target: Target, line: number, admission: Admission): Promise<void> {
    const { context, schedule, tally } = this.#setup;
    const number = tally.started - 1;
    const found = await measureTarget(context, target, number, admission, schedule.overlaps);
    if (found === null) return;
    this.#setup.note(found.flows);
    const measured = this.#options.extend === undefined
      ? found
      : { ...found, result: await this.#extend(found.result, this.#options.extend) };
    count(tally, measured);
    this.#yield({ line, target, measured });
  }

  /** A result with what is added to it, whose conditions must be declared like all others. */
  async #extend(
    result: Result,
    extend: NonNullable<MeasureOptions["extend"]>,
  ): Promise<Result> {
    const extended = await extend(result);
    const known = new Set(result.conditions);
    this.#setup.context.conditionNames.check(
      extended.conditions.filter((condition) => !known.has(condition)),
    );
    return extended;
  }

  #yield(outcome: MeasureOutcome): void {
    this.#outcomes.push(outcome);
    this.#wake();
  }

  /** Keeps the first error and takes no more targets. */
  #fail(reason: unknown): void {
    this.#error ??= { reason };
    this.#halt.abort();
  }
}
