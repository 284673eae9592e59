import type { ExperimentReport } from "../../../contract/experiment_report.ts";
import { Failure } from "../../../host/failure.ts";
import { fileError } from "../../../host/file_error.ts";
import { readReport } from "../../../lab/experiment/result/read_report.ts";

/** Octets that a report may have. */
const MOST = 256 << 20;

/**
 * The report in the folder of some results.
 *
 * @throws {Failure} when there is none, or it cannot be read
 */
export async function reportIn(folder: string): Promise<ExperimentReport> {
  const path = `${folder}/report.json`;
  let text: string;
  try {
    const { size } = await Deno.stat(path);
    if (size > MOST) throw new Error(`it has more than ${MOST} octets`);
    text = await Deno.readTextFile(path);
  } catch (error) {
    throw new Failure(
      `${path} cannot be read: ${
        fileError(error)
      }; name the folder that spider experiment run made`,
      { cause: error },
    );
  }
  return readReport(text, path);
}
