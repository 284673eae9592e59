import { STANDARD } from "../host/standard.ts";
import { fileOrStream } from "../host/streams.ts";
import { ConditionNames } from "../measure/condition_names.ts";
import { checkConditions, type Earlier, readEarlier } from "../result/earlier.ts";
import { ResultWriter } from "../result/ndjson.ts";
import { yieldsTargets } from "./contradictions.ts";
import { ManifestFile, type RunFiles } from "./manifest_file.ts";
import type { Plan } from "./plan.ts";
import { field, requestError } from "./request_error.ts";

/** Takes results. */
export type ResultSink = Pick<ResultWriter, "write" | "room" | "close" | "written" | "waiting">;

/** Where results go, and what they go on behind. */
export interface RunOutput {
  /** Opens where results go; called once it is sure that this host can measure. */
  sink(): ResultSink;
  /** Null where none is wanted. */
  readonly manifest: ManifestFile | null;
  /** What the run that is resumed has written; null when none is. */
  readonly earlier: Earlier | null;
}

/**
 * The output of a run that writes files. Nothing is made or emptied before its sink is opened.
 *
 * @throws {RequestError} when such a run cannot be resumed, or files exclude each other
 * @throws {Failure} when files cannot be read or written, or the earlier run was made otherwise
 */
export function fileOutput(plan: Plan, files: RunFiles): RunOutput {
  const { input, output, stdout, resume } = files;
  const earlier = resume ? earlierOf(plan, output) : null;
  const manifest = ManifestFile.open(plan, files, earlier);
  if (earlier !== null) {
    checkConditions(output, earlier, new ConditionNames(plan.spider, plan.spiderOptions));
  }
  const sink = () =>
    earlier === null
      ? ResultWriter.open(fileOrStream(output, stdout), [input])
      : ResultWriter.continue(output, earlier.length);
  return { sink, manifest, earlier };
}

/** What the run that is resumed has written. */
function earlierOf(plan: Plan, output: string): Earlier {
  const { spider } = plan;
  const resume = field("resume");
  if (output === STANDARD) {
    throw requestError`${resume} needs the ${
      field("output", "FILE")
    } of the run that was interrupted`;
  }
  if (spider.needs === "domain") {
    throw requestError`${resume} needs results with addresses, and ${spider.name} has none`;
  }
  if (yieldsTargets(plan)) {
    throw requestError`${resume} goes on behind results, and the spider ${spider.name} writes jobs: run it again`;
  }
  return readEarlier(output);
}
