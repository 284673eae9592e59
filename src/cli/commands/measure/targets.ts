import type { Target } from "../../../contract/job.ts";
import { Journal } from "../../../host/journal.ts";
import { restore } from "../../../host/restore.ts";
import { hasRoom, roomIn } from "../../../host/room.ts";
import { STANDARD } from "../../../host/standard.ts";
import type { Control } from "../../../measure/control.ts";
import { measure } from "../../../measure/measure.ts";
import type { Setup } from "../../../measure/setup.ts";
import { ConditionNames } from "../../../measure/condition_names.ts";
import { checkConditions, type Earlier, readEarlier } from "../../../result/earlier.ts";
import { ResultWriter } from "../../../result/ndjson.ts";
import { type Input, openInput } from "../../../target/input.ts";
import type { JobLine } from "../../../target/job_line.ts";
import { Position } from "../../../target/position.ts";
import { readJobs } from "../../../target/read.ts";
import { Skipped } from "../../../target/skipped.ts";
import { INTERRUPTED, Interruption } from "../../interruption.ts";
import { Progress, progressLine } from "../../terminal/progress.ts";
import { counted } from "../../terminal/quantity.ts";
import { summaryText } from "./summary.ts";
import { tell } from "../../terminal/tell.ts";
import { uncaught } from "../../uncaught.ts";
import { UsageError } from "../../usage.ts";
import { ManifestFile } from "./manifest_file.ts";
import { type Plan, watches } from "./plan.ts";
import { Session } from "./session.ts";

const STDERR = 2;
/** The exit status of a run in which nothing could be observed. */
const NOTHING_OBSERVED = 1;

/**
 * After an error that nothing catches, targets in flight are finished within their timeout and so much
 * more, in milliseconds: what has failed may be what one of them waits for.
 */
const GRACE = 5000;

/** Measures the targets of the input, and writes a result for each. */
export async function measureTargets(plan: Plan): Promise<number> {
  const { options, spider, device, further, connect } = plan;
  const earlier = options.resume ? earlierOf(plan) : null;
  const manifest = ManifestFile.open(plan, earlier);
  if (earlier !== null) checkConditions(options.output, earlier, new ConditionNames(spider));
  const input = await openInput(options.input);
  if (options.input === STANDARD && Deno.stdin.isTerminal()) {
    tell("Reading targets from the terminal, one a line; end them with Ctrl-D.");
  }
  // What watches nothing needs no rights, and where there are none, nothing can be put back
  if (watches(spider) || Deno.uid() === 0) restore().forEach(tell);

  using journal = watches(spider) ? Journal.open() : Journal.whenNeeded();
  const overdue = Promise.withResolvers<never>();
  overdue.promise.catch(() => {}); // the run may have ended by then
  /** The run cannot be ended in order: what is in flight does not end. */
  let stuck = false;
  using interruption = new Interruption(() => {
    setup.leaveAtOnce();
    journal.close();
  }, {
    first: () => {
      const { started, done } = setup.tally;
      // A pipe that nobody reads must not keep the second Ctrl-C from being heard
      if (!hasRoom(STDERR)) return;
      progress.say(
        `${setup.givesUp ? "Giving up" : "Finishing"} ${counted(started - done, "target")} in ` +
          "flight; another Ctrl-C ends at once.",
      );
    },
    patience: options.timeout * 1000 + GRACE,
    late: () => {
      stuck = true;
      overdue.reject(uncaught());
    },
  });
  const { signal } = interruption;
  using session = new Session(
    plan,
    journal,
    options.workers,
    (text) => progress.say(text),
  );
  const { setup, locating, control } = session;
  const { tally } = setup;
  const writer = earlier === null
    ? ResultWriter.open(options.output, [options.input])
    : ResultWriter.continue(options.output, earlier.length);

  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1000;
  const reading = new Reading(plan, input, earlier);
  const { skipped, position } = reading;
  const withoutJobs = new Skipped();
  manifest?.begin({ setup, reading, control });
  const progress = new Progress(() =>
    progressLine({
      done: tally.done + skipped.count + reading.alreadyDone,
      total: position.total(input.size),
      seconds: seconds(),
      unobserved: tally.unobserved,
      drops: setup.captureCounts().dropped,
    })
  );
  const say = options.verbose ? (text: string) => progress.say(text) : () => {};
  say(
    `${spider.name} over ${connect.name} on ${
      device === null ? "any interface" : [device, ...further].map(({ name }) => name).join(", ")
    }, ${options.workers} targets at once`,
  );
  if (earlier !== null) say(`${counted(earlier.targets, "result")} in ${options.output} already`);
  const warnings: string[] = [];
  let failure: unknown = null;
  /** Results that the writer was given. */
  let results = 0;
  /** What ends the run early must not keep what was measured from being written and told. */
  const attempt = async (step: () => void | Promise<void>) => {
    try {
      await step();
    } catch (error) {
      failure ??= error;
    }
  };
  const running = async () => {
    const outcomes = measure((stop) => reading.jobs(stop, writer, control), setup, {
      stop: signal,
      ...(locating === null ? {} : { extend: (result) => locating.extend(result) }),
    });
    for await (const outcome of outcomes) {
      if ("warning" in outcome) {
        warnings.push(outcome.warning);
        progress.say(`warning: ${outcome.warning}`);
        continue;
      }
      const { line } = outcome;
      if ("problem" in outcome) {
        const { problem } = outcome;
        skipped.add({ line, problem });
        say(`line ${line}: ${problem}`);
        continue;
      }
      const { target: { domain, dip }, measured: { result, jobs } } = outcome;
      for (const written of jobs ?? [result]) {
        results++;
        writer.write(written);
      }
      if (jobs?.length !== 0) continue;
      const problem = `${domain ?? dip}: ${result.conditions.join(", ")}`;
      withoutJobs.add({ line, problem });
      say(`line ${line}: ${problem}`);
    }
  };
  await attempt(() => Promise.race([running(), overdue.promise]));
  if (signal.aborted && writer.waiting > 0 && hasRoom(STDERR)) {
    const place = options.output === STANDARD ? "standard output" : options.output;
    progress.say(`The last results wait for the reader of ${place}; another Ctrl-C drops them.`);
  }
  await attempt(() => writer.close());
  progress.stop();
  failure ??= uncaught();
  const interrupted = signal.aborted;
  const lost = spider.jobs === undefined ? results - writer.written : 0;
  await roomIn(STDERR);
  if (failure === null || tally.started + skipped.count > 0) {
    tell(
      summaryText({
        done: tally.done,
        alreadyDone: reading.alreadyDone,
        skipped,
        withoutJobs,
        unobserved: tally.unobserved,
        missed: tally.missed,
        drops: setup.captureCounts().dropped,
        seconds: seconds(),
        conditions: tally.conditions,
        agreement: tally.agreement,
        givenUp: tally.started - tally.done,
        interrupted: interrupted && failure === null,
        warnings,
      }).trimEnd(),
    );
  }
  await attempt(() => manifest?.write({ setup, reading, control, lost, interrupted, failure }));
  if (stuck) interruption.endAtOnce();
  if (failure !== null) throw failure;
  if (interrupted) return INTERRUPTED;
  const blind = tally.done > 0 && tally.seen === 0;
  if (blind) tell("Not one connection was observed: see `spider doctor`, and the reasons above.");
  return blind ? NOTHING_OBSERVED : 0;
}

/** What the run that is gone on with has written. */
function earlierOf({ options, spider }: Plan): Earlier {
  if (options.output === STANDARD) {
    throw new UsageError("--resume needs the --output FILE of the run that was interrupted");
  }
  if (spider.needs === "domain") {
    throw new UsageError(`--resume needs results with addresses, and ${spider.name} has none`);
  }
  if (spider.jobs !== undefined) {
    throw new UsageError(
      `--resume goes on behind results, and the spider ${spider.name} writes jobs: run it again`,
    );
  }
  return readEarlier(options.output);
}

/** The targets of the input that are still to be measured, and what was passed over. */
export class Reading {
  readonly skipped = new Skipped();
  readonly position = new Position();
  /** Targets whose results an earlier run had written. */
  alreadyDone = 0;
  /** Lines that held something. */
  lines = 0;

  constructor(
    private readonly plan: Plan,
    private readonly input: Input,
    private readonly earlier: Earlier | null,
  ) {}

  /** What is to be measured, no faster than the results are read where they go. */
  async *jobs(
    signal: AbortSignal,
    writer: Pick<ResultWriter, "room">,
    control: Control | null,
  ): AsyncGenerator<JobLine<Target>> {
    const { input, position, plan: { options, connect, spider }, earlier } = this;
    const lines = readJobs(input.stream, {
      csv: options["csv-input"],
      needs: spider.needs ?? "address",
      name: input.name,
      position,
      signal,
    });
    for await (const line of lines) {
      this.lines++;
      if (
        earlier !== null && "job" in line && line.job.dip !== undefined &&
        !earlier.seen.add({
          ...line.job,
          dip: line.job.dip,
          dp: line.job.dp ?? connect.defaultPort,
        })
      ) {
        this.alreadyDone++;
        continue;
      }
      const room = writer.room(signal);
      if (room !== null) await room;
      if ("job" in line) control?.begun(line.job);
      yield line;
    }
    await control?.listened(signal);
  }
}

/** A run as far as reports read it. */
export type Measuring = Pick<Setup, "tally" | "captureCounts">;
