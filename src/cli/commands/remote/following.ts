import { Failure } from "../../../host/failure.ts";
import { fileOrStream } from "../../../host/streams.ts";
import { ResultWriter } from "../../../result/ndjson.ts";
import { cleanedLines } from "../../../target/quote.ts";
import { INTERRUPTED } from "../../interruption.ts";
import { Progress, progressLine } from "../../terminal/progress.ts";
import { type SkippedCount, summaryText } from "../measure/summary.ts";
import { RemoteFailure } from "./failure.ts";
import { Follower, stoppingText } from "./follow.ts";
import type { MeasurementRecord } from "./record.ts";
import type { Session } from "./session.ts";
import { stopThere } from "./stop.ts";

/** How a broken connection is made again: for four minutes. */
const RETRY = { tries: 15, pause: 500, longest: 30_000 } as const;

/** What of a measurement is shown, and where it goes. */
export interface FollowingOptions {
  /** Where results go; `-` for standard output. */
  readonly output: string;
  /** A file that is being read, and so must not be the output. */
  readonly input: string;
  /** Lines of the input that were left out. */
  readonly skipped: SkippedCount;
  /** The line of the input that a target stands in, both from 1. */
  readonly lineOf: (target: number) => number;
  readonly verbose: boolean;
}

/**
 * Shows a measurement of a server as one of this host: its progress, its results as they become final, and
 * what it came to. Returns the exit status.
 *
 * @throws {Failure} when it cannot be followed or failed, or results cannot be written
 */
export async function following(
  session: Session,
  record: MeasurementRecord,
  { output, input, skipped, lineOf, verbose }: FollowingOptions,
): Promise<number> {
  const { server, signal, giveUp, streams: { stdout, stderr } } = session;
  const tell = session.say;
  const { host } = server;
  const { id } = record;
  const writer = await orStopped(
    session,
    id,
    () => ResultWriter.open(fileOrStream(output, stdout), [input]),
  );
  const progress = new Progress(() => progressLine(follower.state), 0, stderr);
  session.say = (text) => progress.say(cleanedLines(text));
  using follower = new Follower(server, record, {
    ...{ writer, skipped, lineOf, stop: signal, giveUp, retry: RETRY },
    say: (text) => session.say(text),
    mention: (text) => verbose && session.say(text),
  });
  session.interrupted = () => session.say(stoppingText(host, follower.state));
  try {
    await orStopped(session, id, async () => {
      try {
        await follower.follow();
      } finally {
        await writer.close();
      }
    });
  } catch (error) {
    if (!(error instanceof RemoteFailure)) throw error;
    progress.stop();
    tell(summaryText(follower.summary(true)).trimEnd());
    throw new Failure(
      `${error.message}; the measurement goes on there: spider remote --attach ${id} ${session.url}`,
      { cause: error },
    );
  } finally {
    progress.stop();
    session.say = tell;
  }
  const { state, problem, next } = follower.record;
  if (state !== "failed" || follower.state.done > 0) {
    tell(summaryText(follower.summary(state === "stopped")).trimEnd());
  }
  if (signal.aborted) return INTERRUPTED;
  if (state === "failed") throw new Failure(`the measurement failed on ${host}: ${problem}`);
  if (state === "stopped") {
    throw new Failure(`the measurement was ended on ${host} by someone else`);
  }
  if (state === "scheduled") tell(`Its next run begins at ${next}.`);
  return 0;
}

/** Does something for a measurement; where this host cannot go on with it, the server is not to either. */
async function orStopped<T>(
  { server, giveUp, say }: Session,
  id: string,
  step: () => T | Promise<T>,
): Promise<T> {
  try {
    return await step();
  } catch (error) {
    // It may well go on where only the connection is at fault
    if (error instanceof RemoteFailure) throw error;
    await stopThere(server, id, { signal: giveUp.signal, say })
      .catch((failure: Error) => say(failure.message));
    throw error;
  }
}
