import type { Result } from "../../contract/spider.ts";
import { measure } from "../../measure/measure.ts";
import { concluderOf } from "../../plugin/provenance.ts";
import type { JobLine } from "../../target/job_line.ts";
import type { Target } from "../../contract/job.ts";
import { checkSimulated } from "./refusals.ts";
import type { SimulatedRun } from "./simulated_run.ts";
import { SimulatedSetup } from "./simulated_setup.ts";

/**
 * Measures targets with a spider in a simulated network, in this process and on a clock of its own:
 * packets are computed, go through middleboxes, and are observed as captured ones are. Yields what
 * `spider measure --output-flows` writes as lines, the same each time for the same seed.
 *
 * @param signal when it aborts, no more targets are taken
 * @throws {Failure} when something of it takes a kernel
 */
export async function* simulate(
  request: SimulatedRun,
  signal: AbortSignal,
): AsyncGenerator<Result> {
  checkSimulated(request);
  const spider = concluderOf(request.spider);
  const { targets } = request;
  async function* lines(): AsyncGenerator<JobLine<Target>> {
    for (const [at, job] of targets.entries()) yield { line: at + 1, job };
  }
  for await (
    const outcome of measure(lines, new SimulatedSetup(request), { stop: signal })
  ) {
    if ("measured" in outcome) yield { ...outcome.measured.result, spider };
    else if ("problem" in outcome) request.skipped(targets[outcome.line - 1]!, outcome.problem);
  }
}
