import type { ExperimentReport, TestReport } from "../../../contract/experiment_report.ts";
import { cleaned } from "../../../target/quote.ts";
import type { Verdict } from "./words.ts";

/** Tests that the line which sums up names, at most. */
const MOST_NAMED = 5;

/** How many results had a condition, of how many. */
export interface Share {
  readonly count: number;
  readonly of: number;
}

/** A condition that other shares of the results had before than after. */
export interface ChangedCondition {
  readonly condition: string;
  readonly before: Share;
  readonly after: Share;
}

/** A test whose verdict, or whose conditions, are other ones than before. */
export interface ChangedTest {
  readonly id: string;
  readonly before: Verdict;
  readonly after: Verdict;
  readonly conditions: readonly ChangedCondition[];
}

/** A test that only one of two reports has. */
export interface SingleTest {
  readonly id: string;
  readonly state: Verdict;
}

/** What is different between two reports. */
export interface Comparison {
  readonly changed: readonly ChangedTest[];
  readonly added: readonly SingleTest[];
  readonly gone: readonly SingleTest[];
  /** Tests of which nothing changed. */
  readonly same: number;
  /** Whether a test that was completed before has failed, ended in an error, or is gone. */
  readonly regressed: boolean;
}

/** What is different in a later report; tests are the same when they have the same id. */
export function compareReports(before: ExperimentReport, after: ExperimentReport): Comparison {
  const earlier = new Map(before.tests.map((test) => [test.id, test]));
  const later = new Map(after.tests.map((test) => [test.id, test]));
  const both = [...earlier.values()].filter(({ id }) => later.has(id));
  const changed = both.map((test) => changeOf(test, later.get(test.id)!))
    .filter((change) => change.before !== change.after || change.conditions.length > 0);
  const gone = onlyIn(earlier, later);
  return {
    changed,
    added: onlyIn(later, earlier),
    gone,
    same: both.length - changed.length,
    regressed: regressions({ changed, gone }).length > 0,
  };
}

function onlyIn(
  tests: ReadonlyMap<string, TestReport>,
  others: ReadonlyMap<string, TestReport>,
): SingleTest[] {
  return [...tests.values()].filter(({ id }) => !others.has(id))
    .map(({ id, state }) => ({ id, state }));
}

function changeOf(before: TestReport, after: TestReport): ChangedTest {
  const names = [...Object.keys(before.conditions), ...Object.keys(after.conditions)];
  const conditions = [...new Set(names)].sort().map((condition) => ({
    condition,
    before: shareOf(before, condition),
    after: shareOf(after, condition),
  })).filter((change) => ratio(change.before) !== ratio(change.after));
  return { id: before.id, before: before.state, after: after.state, conditions };
}

function shareOf({ conditions, targets }: TestReport, condition: string): Share {
  return { count: Object.hasOwn(conditions, condition) ? conditions[condition]! : 0, of: targets };
}

/** Equal shares have the same quotient: a division is rounded correctly. */
function ratio({ count, of }: Share): number {
  return of === 0 ? 0 : count / of;
}

/** Tests that were completed before, and are not any more. */
function regressions({ changed, gone }: Pick<Comparison, "changed" | "gone">): string[] {
  return [
    ...changed.filter(({ before, after }) => before === "completed" && after !== "completed"),
    ...gone.filter(({ state }) => state === "completed"),
  ].map(({ id }) => id);
}

/** A comparison for people, in lines; the last one sums it up. */
export function comparisonText({ changed, added, gone, same }: Comparison): string[] {
  const regressed = regressions({ changed, gone });
  const named = regressed.slice(0, MOST_NAMED).map(cleaned).join(", ");
  const more = regressed.length - MOST_NAMED;
  return [
    ...changed.flatMap(({ id, before, after, conditions }) => [
      `${cleaned(id)}: ${
        before === after ? `${after} as before` : `${before} before, ${after} now`
      }`,
      ...conditions.map((one) =>
        `  ${cleaned(one.condition)}: ${shareText(one.before)} before, ${shareText(one.after)} now`
      ),
    ]),
    ...added.map(({ id, state }) => `${cleaned(id)}: new, ${state}`),
    ...gone.map(({ id, state }) => `${cleaned(id)}: gone, ${state} before`),
    `${changed.length} changed, ${added.length} new, ${gone.length} gone, ${same} as before: ${
      regressed.length === 0
        ? "all that was completed still is"
        : `was completed, and is not any more: ${named}${more > 0 ? ` and ${more} more` : ""}`
    }`,
  ];
}

function shareText({ count, of }: Share): string {
  return `${count} of ${of}`;
}
