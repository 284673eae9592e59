import { counted } from "../../../host/quantity.ts";
import { roomIn } from "../../../host/room.ts";
import { fileOrStream, type Streams } from "../../../host/streams.ts";
import { OutputFile } from "../../../result/output_file.ts";
import { statusOf } from "../../../run/manifest_file.ts";
import { inputsOf, type ScanPlan } from "../../../run/scanning/plan.ts";
import { ScanRun } from "../../../run/scanning/scan_run.ts";
import type { ScanListener } from "../../../run/scanning/state.ts";
import { INTERRUPTED } from "../../interruption.ts";
import { RunEnding } from "../../run_ending.ts";
import { Progress } from "../../terminal/progress.ts";
import { teller } from "../../terminal/tell.ts";
import { uncaught } from "../../uncaught.ts";
import { conductSentence } from "./conduct.ts";
import type { ScanInvocation } from "./options.ts";
import { outputOf, writeReport } from "./outputs.ts";
import { planLine } from "./plan_text.ts";
import { scanLine } from "./progress.ts";
import { RecentRate } from "./recent_rate.ts";
import { isOwnForm } from "./request.ts";
import { scanReport } from "./report.ts";
import { StatusUpdates } from "./status_updates.ts";
import { scanSummaryText } from "./summary.ts";

/** Scans the targets of a plan, and writes a result for each that answers. */
export async function scanTargets(
  plan: ScanPlan,
  invocation: ScanInvocation,
  { stdin, stdout, stderr }: Streams,
): Promise<number> {
  const { options } = invocation;
  const cooldown = plan.cooldownMs / 1000;
  const tell = teller(stderr);
  const output = outputOf(plan, invocation, stdout);
  const conduct = conductSentence(plan);
  if (conduct !== null) tell(conduct);
  using metadata = metadataFile(plan, invocation, { stdout });
  const started = new Date();
  /** Where messages go; above the progress, once that is drawn. */
  let say: (text: string) => void = tell;
  const talk = options.verbose ? (text: string) => say(text) : () => {};
  const listener: ScanListener = {
    restored: tell,
    warned: (text) => say(`warning: ${text}`),
    skipped: (line, problem) => talk(`line ${line}: ${problem}`),
    sent: (seconds) => talk(`All probes are sent; answers are waited for ${seconds} s more.`),
    resultsWait: () => ending.resultsWait(options.output),
  };
  talk(planLine(plan));
  if (output.earlier !== null) {
    talk(`${counted(output.earlier.targets, "result")} in ${options.output} already`);
  }
  let leaveAtOnce = () => {};
  using ending = new RunEnding({
    stderr,
    say: (text) => say(text),
    begun: () =>
      "Nothing more is begun; what is on the way is waited for. Another Ctrl-C ends at once.",
    leaveAtOnce: () => leaveAtOnce(),
    longest: plan.cooldownMs * 2,
  });
  const { signal } = ending;
  using run = await ScanRun.open(plan, { output, listener, stdin });
  leaveAtOnce = () => run.leaveAtOnce();
  const updates = options["status-updates-file"] === undefined ? null : new StatusUpdates(
    fileOrStream(options["status-updates-file"], stdout),
    () => run.state,
    cooldown,
    inputsOf(plan),
  );
  const recent = new RecentRate();
  const progress = new Progress(
    () => {
      const { state } = run;
      return scanLine(state, recent.at(state.seconds, state.sent), cooldown);
    },
    0,
    stderr,
  );
  say = (text) => progress.say(text);
  let failure = await run.scan(signal, ending.overdue);
  progress.stop();
  say = tell;
  const unwritten = await updates?.close() ?? null;
  if (unwritten !== null) tell(`warning: ${unwritten.message}`);
  failure ??= uncaught();
  const interrupted = signal.aborted;
  const { state, skipped, warnings } = run;
  if (stderr.fd !== null) await roomIn(stderr.fd);
  if (failure === null || state.sent > 0) {
    tell(scanSummaryText({
      state,
      skipped,
      interrupted: interrupted && failure === null,
      resumable: output.spool !== null && isOwnForm(options),
      warnings,
    }));
  }
  const status = statusOf({ failure, interrupted });
  try {
    run.end(interrupted, failure);
  } finally {
    metadata.write(
      scanReport({
        ...{ plan, asked: options, started, ended: new Date(), status, state, skipped, warnings },
      }),
    );
    ending.endIfStuck();
  }
  return interrupted ? INTERRUPTED : 0;
}

/** Where the report goes: files that were opened before anything was sent. */
function metadataFile(
  plan: ScanPlan,
  { options }: ScanInvocation,
  { stdout }: Pick<Streams, "stdout">,
): Disposable & { write(report: unknown): void } {
  const path = options["metadata-file"];
  const files = [
    ...(path === undefined ? [] : [fileOrStream(path, stdout)]),
    ...(options.json ? [stdout] : []),
  ].map((place) => OutputFile.open(place, inputsOf(plan)));
  return {
    write(report) {
      for (const file of files.splice(0)) writeReport(file, report);
    },
    [Symbol.dispose]() {
      for (const file of files) file.close();
    },
  };
}
