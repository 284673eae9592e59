import type { Service, TesterOutcome, TesterRun } from "../contract/service.ts";
import { Failure } from "../host/failure.ts";
import { quote } from "../target/quote.ts";

/**
 * What a run of a tester shows, each condition once.
 *
 * @throws {Failure} when it says what it does not declare, or a metric is no number; and what its
 * code throws
 */
export function outcomeOf(
  { name, conditions = {}, outcome }: Service,
  run: TesterRun,
): TesterOutcome {
  const said = outcome!(run);
  for (const condition of said.conditions) {
    if (Object.hasOwn(conditions, condition)) continue;
    throw new Failure(
      `the tester ${name} emitted ${
        quote(condition)
      }, which it does not declare: add it to its conditions`,
    );
  }
  for (const [metric, value] of Object.entries(said.metrics)) {
    if (Number.isFinite(value)) continue;
    throw new Failure(`the tester ${name} has a metric ${metric} that is ${value}`);
  }
  return { conditions: [...new Set(said.conditions)], metrics: said.metrics };
}
