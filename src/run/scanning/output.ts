import { Failure } from "../../host/failure.ts";
import { ConditionNames } from "../../measure/condition_names.ts";
import { checkConditions, type Earlier, readEarlier } from "../../result/earlier.ts";
import { isSpecial } from "../../result/run_manifest.ts";
import type { RunFiles } from "../manifest_file.ts";
import { checkResumed, resultFile, type ResultSink } from "../output.ts";
import { inputsOf, type ScanPlan } from "./plan.ts";
import { ScanManifestFile } from "./scan_manifest.ts";
import { isLeft, spoolPath } from "./spool.ts";

/** Takes results, and writes those that it has gathered when it is told to. */
export interface ScanSink extends ResultSink {
  /** Writes what was gathered, as far as there is room. */
  flush(): void;
  /** Writes one record that is JSON already, without the end of its line; missing for other forms. */
  writeLine?(text: string): void;
}

/** Where the results of a scan go, and what they go on behind. */
export interface ScanOutput {
  /** Opens where results go; called once it is sure that this host can scan. */
  sink(): ScanSink;
  /** Null where none is wanted. */
  readonly manifest: ScanManifestFile | null;
  /** What the run that is resumed has written; null when none is. */
  readonly earlier: Earlier | null;
  /** Where targets wait to be measured; null for a file without a name. */
  readonly spool: string | null;
}

/**
 * The output of a scan that writes files. Nothing is made or emptied before its sink is opened.
 *
 * @throws {RequestError} when such a run cannot be resumed, or files exclude each other
 * @throws {Failure} when files cannot be read or written, or the earlier run was made otherwise
 */
export function scanOutput(plan: ScanPlan, files: RunFiles): ScanOutput {
  const { output, resume } = files;
  if (resume) checkResumed(output);
  const earlier = resume ? readEarlier(output) : null;
  const manifest = ScanManifestFile.open(plan, files, earlier);
  if (earlier !== null) {
    checkConditions(output, earlier, new ConditionNames(plan.spider, plan.spiderOptions));
  }
  const spool = isSpecial(output) ? null : spoolPath(output);
  if (resume && !plan.confirm && spool !== null && isLeft(spool)) {
    throw new Failure(
      `${spool} has targets that wait to be confirmed: go on with confirming them, or remove it`,
    );
  }
  return { sink: () => resultFile(files, inputsOf(plan), earlier), manifest, earlier, spool };
}
