import type { Target } from "../contract/job.ts";
import { Failure } from "../host/failure.ts";
import type { Journal } from "../host/journal.ts";
import { measure } from "../measure/measure.ts";
import { checkTarget, type TargetNeeds } from "../measure/target_check.ts";
import type { JobLine } from "../target/job_line.ts";
import { readJobs } from "../target/read.ts";
import { journalOf } from "./journal.ts";
import { type Plan, watches } from "./plan.ts";
import type { TargetSource } from "./reading.ts";
import { requestError } from "./request_error.ts";
import { Session } from "./session.ts";

/** How many targets at once are tried, one after the other. */
const LEVELS = [10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000];
/** Targets of a level for each one in flight, so that it runs at full load for a while. */
const TURNS = 20;
const MOST_TARGETS = 20_000;

/** What was seen with a number of targets at once. */
export interface Level {
  readonly workers: number;
  readonly targets: number;
  readonly seconds: number;
  /** Connections that were not observed, which is this host's doing, not the path's. */
  readonly missed: number;
  /** Targets of which nothing was observed, though no packet may be missing: the arms did not do what they are for. */
  readonly unobserved: number;
  /** Why arms were not observed, and how many each. */
  readonly reasons: Readonly<Record<string, number>>;
  /** Packets that the kernel dropped. */
  readonly drops: number;
}

/** What a calibration works with. */
export interface CalibrationParts {
  /** Targets that can be measured; see {@linkcode calibrationTargets}. */
  readonly targets: readonly Target[];
  /** Called with the number of targets at once that comes next. */
  begins(workers: number): void;
  /** A leftover of a killed run was restored, or could not be: a sentence. */
  restored(sentence: string): void;
  /** Called with what the person who runs it should know of the host. */
  warned(text: string): void;
}

/** Measures with more and more targets at once, until something goes unobserved. */
export class Calibration implements Disposable {
  readonly #plan: Plan;
  readonly #parts: CalibrationParts;
  readonly #journal: Journal;
  #session: Session | null = null;

  /**
   * Puts back what runs that were killed have left, and gets ready to measure.
   *
   * @throws {RequestError} for a spider that watches nothing
   * @throws {Failure} when the state directory cannot be written
   */
  constructor(plan: Plan, parts: CalibrationParts) {
    if (!watches(plan.spider)) {
      throw requestError`a calibration looks for what goes unobserved, and ${plan.spider.name} watches nothing`;
    }
    this.#plan = plan;
    this.#parts = parts;
    this.#journal = journalOf(plan, (sentence) => parts.restored(sentence));
  }

  /** The levels that were tried; null when it was ended before it knew. */
  async run(stop: AbortSignal): Promise<readonly Level[] | null> {
    const { targets } = this.#parts;
    const levels: Level[] = [];
    let at = 0;
    for (const workers of levelsUpTo(this.#plan.workers)) {
      this.#parts.begins(workers);
      const count = Math.min(MOST_TARGETS, workers * TURNS);
      const some = Array.from({ length: count }, () => targets[at++ % targets.length]!);
      const level = await this.#measure(some, workers, stop);
      if (stop.aborted) return null;
      levels.push(level);
      if (level.missed + level.drops > 0 || isBlind(level)) break;
    }
    return levels;
  }

  /** Puts back what was set on this host, as far as that can be done without waiting. */
  leaveAtOnce(): void {
    this.#session?.setup.leaveAtOnce();
    this.#journal.close();
  }

  close(): void {
    this.#journal.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async #measure(
    targets: readonly Target[],
    workers: number,
    stop: AbortSignal,
  ): Promise<Level> {
    const warned = (text: string) => this.#parts.warned(text);
    using session = new Session(this.#plan, this.#journal, workers, warned);
    this.#session = session;
    const { setup } = session;
    const began = performance.now();
    for await (const outcome of measure(() => linesOf(targets), setup, { stop })) {
      if ("warning" in outcome) warned(outcome.warning);
      if (!("problem" in outcome)) continue;
      throw new Failure(`a target cannot be measured: ${outcome.problem}; leave it out`);
    }
    const reasons = Object.fromEntries(setup.tally.missed);
    return {
      workers,
      targets: targets.length,
      seconds: (performance.now() - began) / 1000,
      missed: Object.values(reasons).reduce((sum, arms) => sum + arms, 0),
      unobserved: setup.tally.unobserved,
      reasons,
      drops: setup.captureCounts().dropped,
    };
  }
}

async function* linesOf(jobs: readonly Target[]): AsyncGenerator<JobLine<Target>> {
  for (const [at, job] of jobs.entries()) yield { line: at + 1, job };
}

/** The levels to try: those below the most, and the most itself. */
export function levelsUpTo(most: number): number[] {
  return [...LEVELS.filter((level) => level < most), most];
}

/** The fastest level of those at which nothing went unobserved; null when there is none. */
export function bestOf(levels: readonly Level[]): Level | null {
  const whole = levels.filter((level) => level.missed + level.drops === 0 && !isBlind(level));
  const speed = ({ targets, seconds }: Level) => targets / seconds;
  return whole.reduce<Level | null>(
    (best, level) => best === null || speed(level) > speed(best) ? level : best,
    null,
  );
}

/** Whether no target at all was observed, so that this host has not shown that it can observe. */
export function isBlind({ targets, unobserved }: Level): boolean {
  return unobserved >= targets;
}

/**
 * The targets of an input that can be measured, as many as a level can use.
 *
 * @throws {Failure} when there is none
 */
export async function calibrationTargets(
  needs: TargetNeeds,
  { input, csv }: TargetSource,
): Promise<readonly Target[]> {
  const jobs: Target[] = [];
  const stop = new AbortController();
  const read = {
    csv,
    needs: needs.spider.needs ?? "address",
    name: input.name,
    signal: stop.signal,
  };
  for await (const line of readJobs(input.stream, read)) {
    const target = await checkTarget(line, needs);
    if (typeof target === "string") continue;
    jobs.push(target);
    if (jobs.length === MOST_TARGETS) stop.abort();
  }
  if (jobs.length > 0) return jobs;
  throw new Failure(`${input.name} holds no target that can be measured: give targets that answer`);
}
