import type { Target } from "../../../contract/job.ts";
import { Journal } from "../../../host/journal.ts";
import { restore } from "../../../host/restore.ts";
import { hasRoom, roomIn } from "../../../host/room.ts";
import { STANDARD } from "../../../host/standard.ts";
import type { Control } from "../../../measure/control.ts";
import type { Engine } from "../../../measure/engine.ts";
import { Vocabulary } from "../../../measure/vocabulary.ts";
import { checkConditions, type Earlier, readEarlier } from "../../../result/earlier.ts";
import { ResultWriter } from "../../../result/ndjson.ts";
import { type Input, openInput } from "../../../target/input.ts";
import type { JobLine } from "../../../target/job_line.ts";
import { Position } from "../../../target/position.ts";
import { readJobs } from "../../../target/read.ts";
import { Skipped } from "../../../target/skipped.ts";
import { INTERRUPTED, Interruption } from "../../interruption.ts";
import { Progress, progressLine } from "../../progress.ts";
import { counted } from "../../quantity.ts";
import { summaryText } from "../../summary.ts";
import { tell } from "../../tell.ts";
import { uncaught } from "../../uncaught.ts";
import { UsageError } from "../../usage.ts";
import { ManifestFile } from "./manifest_file.ts";
import { type Plan, watches } from "./plan.ts";
import { Session } from "./session.ts";

const STDERR = 2;

/**
 * After an error that nothing catches, targets in flight are finished within their timeout and so much
 * more, in milliseconds: what has failed may be what one of them waits for.
 */
const GRACE = 5000;

/** Measures the targets of the input, and writes a result for each. */
export async function measureTargets(plan: Plan): Promise<number> {
  const { options, spider, device, connect } = plan;
  const earlier = options.resume ? earlierOf(plan) : null;
  const manifest = ManifestFile.open(plan, earlier);
  if (earlier !== null) checkConditions(options.output, earlier, new Vocabulary(spider));
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
    engine.leaveAtOnce();
    journal.close();
  }, {
    first: () => {
      const { started, done } = engine.tally;
      // A pipe that nobody reads must not keep the second Ctrl-C from being heard
      if (!hasRoom(STDERR)) return;
      progress.say(
        `${engine.givesUp ? "Giving up" : "Finishing"} ${counted(started - done, "target")} in ` +
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
  const { engine, locating, control } = session;
  const writer = earlier === null
    ? ResultWriter.open(options.output, [options.input])
    : ResultWriter.continue(options.output, earlier.length);

  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1000;
  const reading = new Reading(plan, input, earlier);
  const { skipped, position } = reading;
  const barren = new Skipped();
  manifest?.begin({ engine, reading, control });
  const progress = new Progress(() =>
    progressLine({
      done: engine.tally.done + skipped.count + reading.alreadyDone,
      total: position.total(input.size),
      seconds: seconds(),
      unobserved: engine.tally.unobserved,
      drops: engine.captureCounts().dropped,
    })
  );
  const say = options.verbose ? (text: string) => progress.say(text) : () => {};
  say(
    `${spider.name} over ${connect.name} on ${
      device?.name ?? "any interface"
    }, ${options.workers} targets at once`,
  );
  if (earlier !== null) say(`${counted(earlier.targets, "result")} in ${options.output} already`);
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
  const running = () =>
    engine.run({
      jobs: (stop) => reading.jobs(stop, writer, control),
      ...(locating === null ? {} : { extend: (result) => locating.extend(result) }),
      result: (result) => {
        results++;
        writer.write(result);
      },
      problem: (line, problem) => {
        skipped.add({ line, problem });
        say(`line ${line}: ${problem}`);
      },
      barren: (line, { domain, dip }, conditions) => {
        const problem = `${domain ?? dip}: ${conditions.join(", ")}`;
        barren.add({ line, problem });
        say(`line ${line}: ${problem}`);
      },
    }, signal);
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
  if (failure === null || engine.tally.started + skipped.count > 0) {
    tell(
      summaryText({
        done: engine.tally.done,
        alreadyDone: reading.alreadyDone,
        skipped,
        barren,
        unobserved: engine.tally.unobserved,
        missed: engine.tally.missed,
        drops: engine.captureCounts().dropped,
        seconds: seconds(),
        conditions: engine.tally.conditions,
        agreement: engine.tally.agreement,
        givenUp: engine.tally.started - engine.tally.done,
        interrupted: interrupted && failure === null,
      }).trimEnd(),
    );
  }
  await attempt(() => manifest?.write({ engine, reading, control, lost, interrupted, failure }));
  if (stuck) interruption.endAtOnce();
  if (failure !== null) throw failure;
  return interrupted ? INTERRUPTED : 0;
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

/** The engine as far as reports read it. */
export type Measured = Pick<Engine, "tally" | "captureCounts">;
