import { counted } from "../../../host/quantity.ts";
import { hasRoom, roomIn } from "../../../host/room.ts";
import { STANDARD } from "../../../host/standard.ts";
import { fileOrStream, type Streams } from "../../../host/streams.ts";
import { OutputFile } from "../../../result/output_file.ts";
import type { ScanPlan } from "../../../run/scanning/plan.ts";
import { ScanRun } from "../../../run/scanning/scan_run.ts";
import type { ScanListener } from "../../../run/scanning/state.ts";
import { INTERRUPTED, Interruption } from "../../interruption.ts";
import { Progress } from "../../terminal/progress.ts";
import { teller } from "../../terminal/tell.ts";
import { uncaught } from "../../uncaught.ts";
import { conductSentence } from "./conduct.ts";
import type { ScanInvocation } from "./options.ts";
import { inputsOf, outputOf, writeReport } from "./outputs.ts";
import { planLine } from "./plan_text.ts";
import { scanLine } from "./progress.ts";
import { RecentRate } from "./recent_rate.ts";
import { scanReport, type ScanStatus } from "./report.ts";
import { StatusUpdates } from "./status_updates.ts";
import { scanSummaryText } from "./summary.ts";

/**
 * After an error that nothing catches, answers that are on the way are taken, and so much more time is
 * given, in milliseconds.
 */
const GRACE = 5000;

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
  using metadata = metadataFile(invocation, { stdout });
  const started = new Date();
  /** Where messages go; above the progress, once that is drawn. */
  let say: (text: string) => void = tell;
  const talk = options.verbose ? (text: string) => say(text) : () => {};
  // A pipe that nobody reads must not keep the second Ctrl-C from being heard
  const isHeard = () => stderr.fd === null || hasRoom(stderr.fd);
  const listener: ScanListener = {
    restored: tell,
    warned: (text) => say(`warning: ${text}`),
    skipped: (line, problem) => talk(`line ${line}: ${problem}`),
    sent: (seconds) => talk(`All probes are sent; answers are waited for ${seconds} s more.`),
    resultsWait() {
      if (!isHeard()) return;
      const place = options.output === STANDARD ? "standard output" : options.output;
      say(`The last results wait for the reader of ${place}; another Ctrl-C drops them.`);
    },
  };
  const overdue = Promise.withResolvers<never>();
  overdue.promise.catch(() => {}); // the run may have ended by then
  /** The run cannot be ended in order. */
  let stuck = false;
  talk(planLine(plan));
  if (output.earlier !== null) {
    talk(`${counted(output.earlier.targets, "result")} in ${options.output} already`);
  }
  let leaveAtOnce = () => {};
  using interruption = new Interruption(() => leaveAtOnce(), {
    first() {
      if (!isHeard()) return;
      say("Nothing more is begun; what is on the way is waited for. Another Ctrl-C ends at once.");
    },
    patience: plan.cooldownMs * 2 + GRACE,
    late() {
      stuck = true;
      overdue.reject(uncaught());
    },
  });
  const { signal } = interruption;
  using run = await ScanRun.open(plan, { output, listener, stdin });
  leaveAtOnce = () => run.leaveAtOnce();
  const updates = options["status-updates-file"] === undefined ? null : new StatusUpdates(
    fileOrStream(options["status-updates-file"], stdout),
    () => run.state,
    cooldown,
    inputsOf(options),
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
  let failure = await run.scan(signal, overdue.promise);
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
      warnings,
    }));
  }
  const status: ScanStatus = failure !== null ? "failed" : interrupted ? "interrupted" : "complete";
  try {
    run.end(interrupted, failure);
  } finally {
    metadata.write(
      scanReport({
        ...{ plan, asked: options, started, ended: new Date(), status, state, skipped, warnings },
      }),
    );
    if (stuck) interruption.endAtOnce();
  }
  return interrupted ? INTERRUPTED : 0;
}

/** Where the report goes: files that were opened before anything was sent. */
function metadataFile(
  { options }: ScanInvocation,
  { stdout }: Pick<Streams, "stdout">,
): Disposable & { write(report: unknown): void } {
  const path = options["metadata-file"];
  const files = [
    ...(path === undefined ? [] : [fileOrStream(path, stdout)]),
    ...(options.json ? [stdout] : []),
  ].map((place) => OutputFile.open(place, inputsOf(options)));
  return {
    write(report) {
      for (const file of files.splice(0)) writeReport(file, report);
    },
    [Symbol.dispose]() {
      for (const file of files) file.close();
    },
  };
}
