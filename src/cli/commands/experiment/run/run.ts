import { EventBus } from "../../../../lab/experiment/run/events.ts";
import { countsOf, runExperiment } from "../../../../lab/experiment/run/run_experiment.ts";
import type { Context } from "../../../command.ts";
import { INTERRUPTED, Interruption } from "../../../interruption.ts";
import { output } from "../../../output.ts";
import { findingOf, pluginArguments } from "../../../plugin_options.ts";
import { Progress } from "../../../terminal/progress.ts";
import { experimentSource, plannedExperiment } from "../experiment_source.ts";
import { reportLines } from "../report_lines.ts";
import { ExperimentProgress } from "./experiment_progress.ts";
import type { RunInvocation } from "./options.ts";

/** How long nothing is drawn at first, in milliseconds. */
const SHORT = 500;

/** Runs `spider experiment run`. */
export async function run(
  { options, positionals }: RunInvocation,
  streams: Context,
): Promise<number> {
  const source = await experimentSource(positionals[0]!, streams.stdin);
  const plan = await plannedExperiment(source, findingOf(options, streams), options);
  const bus = new EventBus();
  const state = new ExperimentProgress(bus);
  const terminal = plan.file.progress
    ? streams.stderr
    : { writeSync: streams.stderr.writeSync.bind(streams.stderr), isTerminal: () => false };
  const progress = new Progress(() => state.line(), SHORT, terminal);
  using interruption = new Interruption(() => {});
  try {
    const { report, folder } = await runExperiment({
      plan,
      text: source.text,
      results: options.output ?? plan.file.paths.results ?? "spider-results",
      suffix: String(Deno.pid),
      own: pluginArguments(options),
      bus,
      told: (sentence) => progress.say(sentence),
    }, interruption.signal);
    progress.stop();
    output(
      streams.stdout,
      options.json,
      { folder, ...report },
      () => reportLines(report, folder).join("\n"),
    );
    if (interruption.signal.aborted) return INTERRUPTED;
    const { failed, error } = countsOf(report.tests);
    return failed + error === 0 ? 0 : 1;
  } finally {
    progress.stop();
  }
}
