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
  const { input, output, resume } = files;
  const earlier = resume ? earlierOf(plan, output) : null;
  const manifest = ManifestFile.open(plan, files, earlier);
  if (earlier !== null) {
    checkConditions(output, earlier, new ConditionNames(plan.spider, plan.spiderOptions));
  }
  return { sink: () => resultFile(files, [input], earlier), manifest, earlier };
}

/**
 * Opens the file that results go to, behind those of the run that is resumed.
 *
 * @param inputs files that are read, and so must not be emptied
 * @param earlier null when no run is resumed
 * @throws {Failure} when it cannot be written
 */
export function resultFile(
  { output, stdout }: Pick<RunFiles, "output" | "stdout">,
  inputs: readonly string[],
  earlier: Earlier | null,
): ResultWriter {
  return earlier === null
    ? ResultWriter.open(fileOrStream(output, stdout), inputs)
    : ResultWriter.continue(output, earlier.length);
}

/**
 * Checks that the results of a run that is to be resumed are in a file.
 *
 * @throws {RequestError} when they are not
 */
export function checkResumed(output: string): void {
  if (output !== STANDARD) return;
  throw requestError`${field("resume")} needs the ${
    field("output", "FILE")
  } of the run that was interrupted`;
}

/** What the run that is resumed has written. */
function earlierOf(plan: Plan, output: string): Earlier {
  const { spider } = plan;
  const resume = field("resume");
  checkResumed(output);
  if (spider.needs === "domain") {
    throw requestError`${resume} needs results with addresses, and ${spider.name} has none`;
  }
  if (yieldsTargets(plan)) {
    throw requestError`${resume} goes on behind results, and the spider ${spider.name} writes jobs: run it again`;
  }
  return readEarlier(output);
}
