import { hasRoom, roomIn } from "../../../host/room.ts";
import { STANDARD } from "../../../host/standard.ts";
import { fileOrStream, type Streams } from "../../../host/streams.ts";
import { MeasureRun, type RunListener } from "../../../run/measure_run.ts";
import { fileOutput } from "../../../run/output.ts";
import type { Plan } from "../../../run/plan.ts";
import { openInput } from "../../../target/input.ts";
import { INTERRUPTED, Interruption } from "../../interruption.ts";
import { Progress, progressLine } from "../../terminal/progress.ts";
import { counted } from "../../../host/quantity.ts";
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
  const output = fileOutput(plan, filesOf(invocation, stdout));
  const input = await openInput(fileOrStream(options.input, stdin));
  if (options.input === STANDARD && stdin.isTerminal()) {
    tell("Reading targets from the terminal, one a line; end them with Ctrl-D.");
  }
  const overdue = Promise.withResolvers<never>();
  overdue.promise.catch(() => {}); // the run may have ended by then
  /** The run cannot be ended in order: what is in flight does not end. */
  let stuck = false;
  using interruption = new Interruption(() => run.leaveAtOnce(), {
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
    restored: tell,
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
    output,
    listener,
  });
  const progress = new Progress(() => progressLine(run.state), 0, stderr);
  say(planText(plan));
  if (output.earlier !== null) {
    say(`${counted(output.earlier.targets, "result")} in ${options.output} already`);
  }
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
  } finally {
    if (stuck) interruption.endAtOnce();
  }
  if (interrupted) return INTERRUPTED;
  if (!run.blind) return 0;
  tell("Not one connection was observed: see `spider doctor`, and the reasons above.");
  return NOTHING_OBSERVED;
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
