import { counted } from "../../../host/quantity.ts";
import { STANDARD } from "../../../host/standard.ts";
import { fileOrStream } from "../../../host/streams.ts";
import { writeText } from "../../../result/write_whole.ts";
import { openInput } from "../../../target/input.ts";
import { INTERRUPTED } from "../../interruption.ts";
import type { MeasureInvocation } from "../measure/options.ts";
import { RemoteFailure } from "./failure.ts";
import { following } from "./following.ts";
import { type MeasurementRecord, measurementRecord } from "./record.ts";
import type { Session } from "./session.ts";
import { RemoteTargets } from "./targets.ts";

/** How long a server may take to keep a measurement with its targets, in milliseconds. */
const PATIENCE = 600_000;

/** What is wanted of a measurement besides what the command line of `spider measure` says. */
export interface MeasureWish {
  /** Leave when it was asked for. */
  readonly detach: boolean;
}

/** Has a server measure as `spider measure` would; the exit status. */
export async function measureThere(
  session: Session,
  invocation: MeasureInvocation,
  { detach }: MeasureWish,
): Promise<number> {
  const { options } = invocation;
  const { signal, server, streams: { stdin, stdout } } = session;
  const needs = invocation.spider?.needs ?? "address";
  const mention = (text: string) => options.verbose && session.say(text);
  const input = await openInput(fileOrStream(options.input, stdin));
  if (options.input === STANDARD && stdin.isTerminal()) {
    session.say("Reading targets from the terminal, one a line; end them with Ctrl-D.");
  }
  using targets = await RemoteTargets.read(input, {
    ...{ csv: options["csv-input"], needs, signal },
    skipped: (line, problem) => mention(`line ${line}: ${problem}`),
  });
  if (signal.aborted) return INTERRUPTED;
  let record: MeasurementRecord;
  try {
    record = await posted(session, invocation, targets, needs);
  } catch (error) {
    if (signal.aborted && error instanceof RemoteFailure) return INTERRUPTED;
    throw error;
  }
  const place = server.url(`measurements/${record.id}`);
  if (detach) {
    writeText(stdout, `${record.id} ${place}\n`);
    return 0;
  }
  mention(`${counted(targets.count, "target")} on ${server.host}: ${place}`);
  return await following(session, record, {
    ...{ output: options.output, input: options.input, verbose: options.verbose },
    skipped: targets.skipped,
    lineOf: (target) => targets.lineOf(target),
  });
}

/** Asks for a measurement. A signal that comes meanwhile is heeded as soon as there is an answer. */
async function posted(
  session: Session,
  invocation: MeasureInvocation,
  targets: RemoteTargets,
  needs: "address" | "domain",
): Promise<MeasurementRecord> {
  const { server } = session;
  const asked = await targets.asked(server, needs);
  session.interrupted = () => {};
  try {
    return await server.record(measurementRecord, "measurements", {
      method: "POST",
      json: { ...requestOf(invocation), targets: asked },
      patience: PATIENCE,
    });
  } finally {
    // The measurement has its targets, and nobody asks for the list again
    if ("list" in asked) await forget(session, asked.list);
  }
}

async function forget({ server, say }: Session, list: string): Promise<void> {
  try {
    const { body } = await server.open(`lists/${list}`, { method: "DELETE" });
    await body?.cancel();
  } catch (error) {
    if (!(error instanceof RemoteFailure)) throw error;
    say(`warning: the list ${list} stays on ${server.host}: ${error.message}`);
  }
}

/** What the server is asked for. */
function requestOf({ options, spider, spiderOptions }: MeasureInvocation) {
  const { connect, workers, rate, timeout, seed, repeat, isolate, locate, results } = options;
  return {
    spider: spider?.name,
    options: spiderOptions,
    ...{ connect, workers, rate, timeout, seed, repeat, isolate, locate, results },
    output_flows: options["output-flows"],
  };
}
