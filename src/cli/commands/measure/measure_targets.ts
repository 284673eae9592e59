import { roomIn } from "../../../host/room.ts";
import { STANDARD } from "../../../host/standard.ts";
import { fileOrStream, type Streams } from "../../../host/streams.ts";
import { MeasureRun, type RunListener } from "../../../run/measure_run.ts";
import { fileOutput } from "../../../run/output.ts";
import type { Plan } from "../../../run/plan.ts";
import { openInput } from "../../../target/input.ts";
import { INTERRUPTED } from "../../interruption.ts";
import { RunEnding } from "../../run_ending.ts";
import { Progress, progressLine } from "../../terminal/progress.ts";
import { counted } from "../../../host/quantity.ts";
import { teller } from "../../terminal/tell.ts";
import { uncaught } from "../../uncaught.ts";
import type { MeasureInvocation } from "./options.ts";
import { filesOf } from "./request.ts";
import { summaryText } from "./summary.ts";

/** The exit status of a run in which nothing could be observed. */
const NOTHING_OBSERVED = 1;

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
  using ending = new RunEnding({
    stderr,
    say: (text) => progress.say(text),
    begun() {
      const { started, done } = run.tally;
      return `${run.givesUp ? "Giving up" : "Finishing"} ${
        counted(started - done, "target")
      } in flight; another Ctrl-C ends at once.`;
    },
    leaveAtOnce: () => run.leaveAtOnce(),
    longest: plan.timeoutMs,
  });
  const { signal } = ending;
  const say = options.verbose ? (text: string) => progress.say(text) : () => {};
  const listener: RunListener = {
    restored: tell,
    warned: (text) => progress.say(`warning: ${text}`),
    skipped: (line, problem) => say(`line ${line}: ${problem}`),
    withoutJobs: (line, problem) => say(`line ${line}: ${problem}`),
    resultsWait: () => ending.resultsWait(options.output),
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
  let failure = await run.measure(signal, ending.overdue);
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
    ending.endIfStuck();
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
