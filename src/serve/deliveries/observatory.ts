import { pack } from "../../host/bzip2.ts";
import { Failure } from "../../host/failure.ts";
import { FILE_TYPE, metadataOf } from "../../result/pto/metadata.ts";
import { packedBody } from "../../result/pto/packed_body.ts";
import { observatoryUrl } from "../../result/pto/server.ts";
import { NoTimes, timeSpan } from "../../result/pto/time_span.ts";
import { upload, UploadFailure } from "../../result/pto/upload.ts";
import type { Config } from "../config/schema.ts";
import { DatabaseFailure } from "../database/database.ts";
import { type AttemptEnd, refused } from "./attempt.ts";

/** How long nothing may move on a connection, in milliseconds. */
const PATIENCE = 60_000;

/** An observatory, as the configuration has it. */
export type Observatory = Config["observatories"][string];

/** The results of a run, and what they are called. */
export interface RunResults {
  readonly spider: string;
  readonly measurement: string;
  readonly run: number;
  /** Lines of JSON, from the first on, each time that it is called. */
  lines(): AsyncIterable<Uint8Array>;
  /** Whether they are there still. */
  isKept(): boolean;
}

/** Uploads the results of a run to an observatory, once; only a piece of them is in memory at a time. */
export async function uploadTo(
  { url, token, campaign, owner, metadata: tags }: Observatory,
  { spider, measurement, run, lines, isKept }: RunResults,
  { now, signal }: { readonly now: number; readonly signal: AbortSignal },
): Promise<AttemptEnd> {
  const failed = (state: "failed" | "hopeless", problem: string): AttemptEnd => ({
    ...{ state, problem },
    status: null,
    wait: null,
  });
  let span;
  try {
    span = await timeSpan(ReadableStream.from(lines()), "the run");
  } catch (error) {
    if (!(error instanceof NoTimes)) throw error;
    return failed("hopeless", "the run has no results with times, which an observatory wants");
  }
  let packed;
  try {
    packed = await pack(ReadableStream.from(lines()));
  } catch (error) {
    // No bzip2, or no room: this host may have them another time
    if (!(error instanceof Failure) || error instanceof DatabaseFailure) throw error;
    return failed("failed", error.message);
  }
  try {
    if (!isKept()) return failed("hopeless", "the results were removed");
    const name = `${spider}-${measurement}-${run}.ndjson.bz2`;
    await upload({
      server: observatoryUrl(url)!,
      ...{ campaign, name, key: token },
      metadata: metadataOf(span, owner, FILE_TYPE, {
        ...{ spider, measurement, run: String(run) },
        ...tags,
      }),
      data: packedBody(packed, name),
    }, { retries: 0, pause: 0, patience: PATIENCE, signal, say: () => {} });
    return { state: "delivered", status: null };
  } catch (error) {
    if (!(error instanceof UploadFailure)) throw error;
    const { reason, answer, there } = error;
    // It was sent before, and this program was ended before it could note so
    if (there === packed.size) return { state: "delivered", status: null };
    if (there !== null) return failed("hopeless", reason);
    return answer === null ? failed("failed", reason) : refused(answer, reason, now);
  } finally {
    packed.file.close();
  }
}
