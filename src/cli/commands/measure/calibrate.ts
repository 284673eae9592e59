import type { Job } from "../../../contract/job.ts";
import { Failure } from "../../../host/failure.ts";
import { Journal } from "../../../host/journal.ts";
import { restore } from "../../../host/restore.ts";
import { measure as measureAll } from "../../../measure/measure.ts";
import { openInput } from "../../../target/input.ts";
import type { JobLine } from "../../../target/job_line.ts";
import { readJobs } from "../../../target/read.ts";
import { INTERRUPTED, Interruption } from "../../interruption.ts";
import { Progress } from "../../terminal/progress.ts";
import { count, rate } from "../../terminal/quantity.ts";
import { tell } from "../../terminal/tell.ts";
import { UsageError } from "../../usage.ts";
import { type Plan, watches } from "./plan.ts";
import { Session } from "./session.ts";

/** How many targets at once are tried, one after the other. */
const LEVELS = [10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000];
/** A level measures so many targets for each one in flight, so that it is at its full height for a while. */
const TURNS = 20;
const MOST_TARGETS = 20_000;

/** What was seen with so many targets at once. */
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

/** Measures with more and more targets at once, until something goes unobserved. */
export async function calibrate(plan: Plan): Promise<number> {
  const { options, spider } = plan;
  if (!watches(spider)) {
    throw new UsageError(
      `--calibrate looks for what goes unobserved, and ${spider.name} watches nothing`,
    );
  }
  const jobs = await readAll(plan);
  restore().forEach(tell);
  using journal = Journal.open();
  let leave = () => {};
  using interruption = new Interruption(() => {
    leave();
    journal.close();
  });
  const levels: Level[] = [];
  let now = "";
  const progress = new Progress(() => now);
  const measure = async (some: readonly Job[], workers: number): Promise<Level> => {
    using session = new Session(plan, journal, workers, tell);
    const { setup } = session;
    leave = () => setup.leaveAtOnce();
    const began = performance.now();
    const outcomes = measureAll(() => linesOf(some), setup, { stop: interruption.signal });
    for await (const outcome of outcomes) {
      if ("warning" in outcome) tell(`warning: ${outcome.warning}`);
      if (!("problem" in outcome)) continue;
      throw new Failure(`a target cannot be measured: ${outcome.problem}; leave it out`);
    }
    const reasons = Object.fromEntries(setup.tally.missed);
    return {
      workers,
      targets: some.length,
      seconds: (performance.now() - began) / 1000,
      missed: Object.values(reasons).reduce((sum, arms) => sum + arms, 0),
      unobserved: setup.tally.unobserved,
      reasons,
      drops: setup.captureCounts().dropped,
    };
  };
  try {
    let at = 0;
    for (const workers of levelsUpTo(options.workers)) {
      now = `${count(workers)} targets at once`;
      const targets = Math.min(MOST_TARGETS, workers * TURNS);
      const some = Array.from({ length: targets }, () => jobs[at++ % jobs.length]!);
      const level = await measure(some, workers);
      if (interruption.signal.aborted) return INTERRUPTED;
      levels.push(level);
      if (level.missed + level.drops > 0 || isBlind(level)) break;
    }
  } finally {
    progress.stop();
  }
  const best = bestOf(levels);
  console.log(
    options.json
      ? JSON.stringify({ workers: best?.workers ?? null, levels }, null, 2)
      : calibrationText(levels),
  );
  return best === null ? 1 : 0;
}

async function* linesOf(jobs: readonly Job[]): AsyncGenerator<JobLine<Job>> {
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
function isBlind({ targets, unobserved }: Level): boolean {
  return unobserved >= targets;
}

/** The levels as a table, and what follows from them. */
export function calibrationText(levels: readonly Level[]): string {
  const rows = [
    ["at once", "targets", "targets/s", "arms not observed", "packets dropped"],
    ...levels.map(({ workers, targets, seconds, missed, drops }) => [
      count(workers),
      count(targets),
      rate(targets, seconds),
      count(missed),
      count(drops),
    ]),
  ];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const table = rows.map((row) => row.map((cell, at) => cell.padStart(widths[at]!)).join("  "));
  return [...table, "", conclusion(levels)].join("\n");
}

function conclusion(levels: readonly Level[]): string {
  const best = bestOf(levels);
  const blind = levels.find(isBlind);
  if (blind !== undefined) {
    return `Of ${count(blind.targets)} targets not one was observed${
      why(blind)
    }: see spider doctor, ` +
      "and that the targets answer.";
  }
  if (best === null) {
    return `Even with the fewest at once there were gaps${
      why(levels[0])
    }: see spider doctor, and ` +
      "look for what else uses this interface.";
  }
  const last = levels.at(-1)!;
  const gap = last.missed + last.drops > 0;
  return gap
    ? `This host observes ${
      count(best.workers)
    } targets at once without a gap: -w ${best.workers}. ` +
      `With ${count(last.workers)} there were gaps${why(last)}.`
    : `This host observes all that was tried without a gap, fastest with -w ${best.workers}.`;
}

function why(level: Level | undefined): string {
  const reasons = Object.keys(level?.reasons ?? {});
  return reasons.length === 0 ? "" : ` (${reasons.join(", ")})`;
}

/** The targets of the input, as many as a level can use. */
async function readAll(
  { options, connect, spider, spiderOptions, device, further }: Plan,
): Promise<Job[]> {
  const input = await openInput(options.input);
  const jobs: Job[] = [];
  const stop = new AbortController();
  const read = { csv: options["csv-input"], name: input.name, signal: stop.signal };
  for await (const line of readJobs(input.stream, read)) {
    if (!("job" in line)) continue;
    const job = { ...line.job, dp: line.job.dp ?? connect.defaultPort };
    const devices = device === null ? [] : [device, ...further];
    const awry = devices.length > 0 &&
      devices.every(({ ipv4, ipv6 }) => (job.dip.includes(":") ? ipv6 : ipv4).length === 0);
    if (awry || (spider.skip?.(job, spiderOptions) ?? null) !== null) continue;
    jobs.push(job);
    if (jobs.length === MOST_TARGETS) stop.abort();
  }
  if (jobs.length > 0) return jobs;
  throw new Failure(`${input.name} holds no target that can be measured: give targets that answer`);
}
