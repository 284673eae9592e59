import { STANDARD } from "../../../host/standard.ts";
import type { OutputStream } from "../../../host/streams.ts";
import { UsageError } from "../../../host/usage_error.ts";
import type { RunFiles } from "../../../run/manifest_file.ts";
import type { RunRequest } from "../../../run/request.ts";
import type { MeasureInvocation } from "./options.ts";

/** Options that say something of results. */
const FOR_RESULTS = ["output", "output-flows", "manifest", "resume"] as const;

/**
 * What the command line asks for.
 *
 * @throws {UsageError} when options contradict each other
 */
export function requestOf({ options, spider, spiderOptions }: MeasureInvocation): RunRequest {
  if (spider === null) throw new Error("measure needs a spider");
  if (options.json && !options.calibrate) {
    throw new UsageError("--json goes with --calibrate: results are JSON anyway");
  }
  if (options.locate && options.calibrate) {
    throw new UsageError("--locate and --calibrate exclude each other; give one");
  }
  const idle = FOR_RESULTS.find((name) => ![undefined, false, STANDARD].includes(options[name]));
  if (options.calibrate && idle !== undefined) {
    throw new UsageError(`--calibrate writes no results: leave out --${idle}`);
  }
  return {
    spider,
    spiderOptions,
    connect: options.connect,
    interfaces: options.interface,
    sources: options.source,
    workers: options.workers,
    rate: options.rate,
    timeoutMs: options.timeout * 1000,
    seed: options.seed,
    repeat: options.repeat,
    isolate: options.isolate,
    locate: options.locate,
    control: !options["no-control"],
    outputFlows: options["output-flows"],
    results: options.results,
  };
}

/** The files that the command line names. */
export function filesOf({ options }: MeasureInvocation, stdout: OutputStream): RunFiles {
  const { input, output, manifest, resume } = options;
  return { input, output, manifest, resume, stdout, asked: options };
}
