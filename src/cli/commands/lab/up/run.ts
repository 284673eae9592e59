import { Failure } from "../../../../host/failure.ts";
import { keepWords, takeWords } from "../../../../lab/live/last_words.ts";
import { LiveLab } from "../../../../lab/live/live_lab.ts";
import { type NotedLab, noteOf } from "../../../../lab/live/note.ts";
import { labName } from "../../../../lab/file/lab_file.ts";
import type { LabPlan } from "../../../../lab/topology/network_plan.ts";
import { UsageError } from "../../../../host/usage_error.ts";
import { quote } from "../../../../target/quote.ts";
import type { Context } from "../../../command.ts";
import { findingOf } from "../../../plugin_options.ts";
import { INTERRUPTED, Interruption } from "../../../interruption.ts";
import { output } from "../../../output.ts";
import { teller } from "../../../terminal/tell.ts";
import { labSource, plannedFrom } from "../lab_source.ts";
import { nodeTable } from "../node_table.ts";
import { detached } from "./detached.ts";
import type { UpInvocation } from "./options.ts";

/** Runs `spider lab up`. */
export async function run(
  { options, positionals }: UpInvocation,
  streams: Context,
): Promise<number> {
  const { name: asked, detach, json } = options;
  if (asked !== undefined && !labName.safeParse(asked).success) {
    throw new UsageError(
      `--name must be lower case letters, digits and dashes, not ${quote(asked)}`,
    );
  }
  const source = await labSource(positionals[0]!, streams.stdin);
  const plan = await plannedFrom(source, findingOf(options, streams), asked);
  const show = (lab: NotedLab) =>
    output(streams.stdout, json, lab, () => nodeTable(lab.nodes).join("\n"));
  return detach
    ? await detached({ path: positionals[0]!, source, name: plan.name, options }, show, streams)
    : await hold(plan, show, streams);
}

/** Holds a lab until a signal. */
async function hold(
  plan: LabPlan,
  show: (lab: NotedLab) => void,
  { stderr }: Context,
): Promise<number> {
  const tell = teller(stderr);
  const began = performance.now();
  let lab: LiveLab | null = null;
  // Before anything is built: without a listener the first signal would end this process at once
  using interruption = new Interruption(() => lab?.closeAtOnce());
  const { signal } = interruption;
  const ended = Promise.withResolvers<void>();
  signal.addEventListener("abort", () => ended.resolve());
  const say = (sentence: string) => {
    if (!tell(sentence)) keepWords(plan.name, sentence);
  };
  lab = LiveLab.open(plan, { restored: say, fault: say });
  let isUp = false;
  try {
    takeWords(plan.name); // of an earlier lab of that name, of which nobody has asked
    // What came while it was being built
    await new Promise((resolve) => setTimeout(resolve));
    if (!signal.aborted) await lab.startServices(signal);
    if (!signal.aborted) {
      const seconds = ((performance.now() - began) / 1000).toFixed(2);
      show(noteOf(plan));
      isUp = true;
      tell(`The lab ${plan.name} is up after ${seconds} s: Ctrl-C ends it.`);
      await Promise.race([ended.promise, lab.running.then(() => ended.promise)]);
    }
    await lab.close();
    return INTERRUPTED;
  } catch (error) {
    if (!isUp || !(error instanceof Failure)) throw error;
    // Whoever began it may have gone
    say(`The lab ${plan.name} ended by itself: ${error.message}`);
    return 1;
  } finally {
    lab.closeAtOnce();
  }
}
