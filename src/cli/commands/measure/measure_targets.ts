import { Journal } from "../../../host/journal.ts";
import { restore } from "../../../host/restore.ts";
import { hasRoom, roomIn } from "../../../host/room.ts";
import { STANDARD } from "../../../host/standard.ts";
import { fileOrStream, type Streams } from "../../../host/streams.ts";
import { UsageError } from "../../../host/usage_error.ts";
import { ConditionNames } from "../../../measure/condition_names.ts";
import { checkConditions, type Earlier, readEarlier } from "../../../result/earlier.ts";
import { ResultWriter } from "../../../result/ndjson.ts";
import { ManifestFile } from "../../../run/manifest_file.ts";
import { MeasureRun, type RunListener } from "../../../run/measure_run.ts";
import { type Plan, watches } from "../../../run/plan.ts";
import { openInput } from "../../../target/input.ts";
import { INTERRUPTED, Interruption } from "../../interruption.ts";
import { Progress, progressLine } from "../../terminal/progress.ts";
import { counted } from "../../terminal/quantity.ts";
import { teller } from "../../terminal/tell.ts";
import { uncaught } from "../../uncaught.ts";
import type { MeasureInvocation } from "./options.ts";
import { filesOf } from "./request.ts";
import { summaryText } from "./summary.ts";

/** The exit status of a run in which nothing could be observed. */
const NOTHING_OBSERVED = 1;

/**
 * After an error that nothing catches, targets in flight are finished within their timeout and so much
 * more, in milliseconds: what has failed may be what one of them waits for.
 */
const GRACE = 5000;

/** Measures the targets of the input, and writes a result for each. */
export async function measureTargets(
  plan: Plan,
  invocation: MeasureInvocation,
  { stdin, stdout, stderr }: Streams,
): Promise<number> {
  const { options } = invocation;
  const tell = teller(stderr);
  const { spider } = plan;
  const earlier = options.resume ? earlierOf(plan, options.output) : null;
  const manifest = ManifestFile.open(plan, filesOf(invocation, stdout), earlier);
  if (earlier !== null) checkConditions(options.output, earlier, new ConditionNames(spider));
  const input = await openInput(fileOrStream(options.input, stdin));
  if (options.input === STANDARD && stdin.isTerminal()) {
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
    run.leaveAtOnce();
    journal.close();
  }, {
    first: () => {
      const { started, done } = run.tally;
      // A pipe that nobody reads must not keep the second Ctrl-C from being heard
      if (stderr.fd !== null && !hasRoom(stderr.fd)) return;
      progress.say(
        `${run.givesUp ? "Giving up" : "Finishing"} ${counted(started - done, "target")} in ` +
          "flight; another Ctrl-C ends at once.",
      );
    },
    patience: plan.timeoutMs + GRACE,
    late: () => {
      stuck = true;
      overdue.reject(uncaught());
    },
  });
  const { signal } = interruption;
  const say = options.verbose ? (text: string) => progress.say(text) : () => {};
  const listener: RunListener = {
    warned: (text) => progress.say(`warning: ${text}`),
    skipped: (line, problem) => say(`line ${line}: ${problem}`),
    withoutJobs: (line, problem) => say(`line ${line}: ${problem}`),
    resultsWait: () => {
      if (stderr.fd !== null && !hasRoom(stderr.fd)) return;
      const place = options.output === STANDARD ? "standard output" : options.output;
      progress.say(`The last results wait for the reader of ${place}; another Ctrl-C drops them.`);
    },
  };
  using run = new MeasureRun(plan, {
    source: { input, csv: options["csv-input"] },
    sink: () =>
      earlier === null
        ? ResultWriter.open(fileOrStream(options.output, stdout), [options.input])
        : ResultWriter.continue(options.output, earlier.length),
    manifest,
    earlier,
    journal,
    listener,
  });
  const progress = new Progress(() => progressLine(run.state), 0, stderr);
  say(planText(plan));
  if (earlier !== null) say(`${counted(earlier.targets, "result")} in ${options.output} already`);
  let failure = await run.measure(signal, overdue.promise);
  progress.stop();
  failure ??= uncaught();
  const interrupted = signal.aborted;
  if (stderr.fd !== null) await roomIn(stderr.fd);
  if (failure === null || run.tally.started + run.reading.skipped.count > 0) {
    tell(endText(run, interrupted && failure === null).trimEnd());
  }
  try {
    run.end(interrupted, failure);
  } catch (error) {
    failure ??= error;
  }
  if (stuck) interruption.endAtOnce();
  if (failure !== null) throw failure;
  if (interrupted) return INTERRUPTED;
  const blind = run.tally.done > 0 && run.tally.seen === 0;
  if (blind) tell("Not one connection was observed: see `spider doctor`, and the reasons above.");
  return blind ? NOTHING_OBSERVED : 0;
}

/** What is about to be done, for people. */
function planText({ spider, connect, device, further, workers }: Plan): string {
  const where = device === null
    ? "any interface"
    : [device, ...further].map(({ name }) => name).join(", ");
  return `${spider.name} over ${connect.name} on ${where}, ${workers} targets at once`;
}

/** What a run came to. */
function endText(run: MeasureRun, interrupted: boolean): string {
  const { reading, tally, state, withoutJobs, warnings } = run;
  return summaryText({
    done: tally.done,
    alreadyDone: reading.alreadyDone,
    skipped: reading.skipped,
    withoutJobs,
    unobserved: tally.unobserved,
    missed: tally.missed,
    drops: state.drops,
    seconds: state.seconds,
    conditions: tally.conditions,
    agreement: tally.agreement,
    givenUp: tally.started - tally.done,
    interrupted,
    warnings,
  });
}

/** What the run that is gone on with has written. */
function earlierOf({ spider }: Plan, output: string): Earlier {
  if (output === STANDARD) {
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
  return readEarlier(output);
}
