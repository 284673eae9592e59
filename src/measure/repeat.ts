import type { MergedFlow } from "../contract/flow.ts";
import { NOT_OBSERVED, type Result } from "../contract/spider.ts";
import type { Measured } from "./measured.ts";
import type { ConditionNames } from "./condition_names.ts";

/**
 * Measures a target several times, each time until chance does not explain the conclusion. Its
 * conditions are those that came out every time that it was observed; how often each did is
 * recorded too. Null when the run was aborted.
 *
 * @param once measures it once
 */
export async function repeated(
  once: () => Promise<Measured | null>,
  times: number,
  conditionNames: ConditionNames,
): Promise<Measured | null> {
  const results: Result[] = [];
  const missed: string[] = [];
  let flows: readonly MergedFlow[] = [];
  let confirmed = false;
  for (let turn = 0; turn < times; turn++) {
    const measured = await once();
    confirmed ||= measured?.retried ?? false;
    if (measured === null) return null;
    flows = measured.flows;
    results.push(measured.result);
    missed.push(...measured.missed);
  }
  return {
    result: combined(results, conditionNames),
    flows,
    jobs: null,
    missed,
    retried: confirmed,
  };
}

/** One result of several, in the order in which they were measured. */
export function combined(results: readonly Result[], conditionNames: ConditionNames): Result {
  const observed = results.filter(({ conditions }) => !conditions.includes(NOT_OBSERVED));
  const last = results.at(-1)!;
  const flows = results.flatMap(({ flow_results = [] }, repeat) =>
    flow_results.map((flow) => ({ ...flow, repeat }))
  );
  const missed = results.reduce((sum, { missed_flows = 0 }) => sum + missed_flows, 0);
  const { missed: _, evidence, ...rest } = last;
  const conditions = observed.length === 0 ? last.conditions : agreed(observed, conditionNames);
  return {
    ...rest,
    sip: results.find(({ sip }) => sip !== null)?.sip ?? null,
    time: { from: results[0]!.time.from, to: last.time.to },
    conditions,
    repeats: { observed: observed.length, total: results.length },
    agreement: agreement(observed),
    ...(conditions.includes(NOT_OBSERVED) ? { missed: reasonsOf(results) } : {}),
    ...(evidence === undefined ? {} : { evidence: sumOf(results) }),
    ...(last.flow_results === undefined ? {} : { flow_results: flows, missed_flows: missed }),
  };
}

/** Why repeats were not observed, by the name of the arm: the last reason of each. */
function reasonsOf(results: readonly Result[]): Readonly<Record<string, string>> {
  return Object.assign({}, ...results.map(({ missed }) => missed));
}

/** The flows of all repeats together; the probabilities of the repeats cannot be added. */
function sumOf(results: readonly Result[]): Result["evidence"] & object {
  const sums = new Map<string, { flows: number; up: number }>();
  for (const [arm, { flows, up }] of results.flatMap((one) => Object.entries(one.evidence ?? {}))) {
    const sum = sums.get(arm) ?? { flows: 0, up: 0 };
    sums.set(arm, { flows: sum.flows + flows, up: sum.up + up });
  }
  return Object.fromEntries(sums);
}

/**
 * The conditions that came out each time. Those that chance can cause must have come out at least
 * twice.
 */
function agreed(observed: readonly Result[], conditionNames: ConditionNames): readonly string[] {
  const common = observed[0]!.conditions.filter((condition) =>
    observed.every(({ conditions }) => conditions.includes(condition))
  );
  const once = observed.length === 1 && conditionNames.doubtful(common).length > 0;
  return once ? [NOT_OBSERVED] : common;
}

/** The share of the results with each condition, to three digits. */
function agreement(observed: readonly Result[]): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const { conditions } of observed) {
    for (const condition of new Set(conditions)) {
      counts.set(condition, (counts.get(condition) ?? 0) + 1);
    }
  }
  return Object.fromEntries(
    [...counts].map(([name, count]) => [name, Math.round(count / observed.length * 1000) / 1000]),
  );
}
