import type { ExpectationReport } from "../../../contract/experiment_report.ts";
import type { Expectation } from "../file/experiment_file.ts";

/** Values that are shown in place of the one that was expected. */
const MOST_SEEN = 5;

/** What a tester says of one target. */
export interface TesterResult {
  /** The place of the matrix that it belongs to. */
  readonly cell: string;
  /** The tester's name. */
  readonly tester: string;
  readonly address: string;
  readonly conditions: readonly string[];
  /** Flow records by the names of arms; none where a tester has no such. */
  readonly flows: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly metrics: Readonly<Record<string, number>>;
}

/**
 * How expectations fared with the results of one place of the matrix, one report for each condition.
 *
 * @param knows whether a tester can give a condition: only then its results are asked for it
 */
export function judge(
  expectations: readonly Expectation[],
  results: readonly TesterResult[],
  knows: (tester: string, condition: string) => boolean = () => true,
): ExpectationReport[] {
  return expectations.flatMap((one) => {
    const about = results.filter(({ tester }) =>
      one.service === undefined || tester === one.service
    );
    const report = (
      expectation: string,
      holds: (result: TesterResult) => boolean,
      condition?: string,
    ) => {
      const asked = about.filter(({ tester }) =>
        condition === undefined || knows(tester, condition)
      );
      const missed = asked.filter((result) => !holds(result)).length;
      // What was not measured shows nothing, whatever is tolerated
      const met = asked.length > 0 && missed <= one.tolerance * asked.length;
      return { expectation, met, missed: asked.length === 0 ? 1 : missed, of: asked.length };
    };
    const allowed = one.may === undefined ? null : new Set([...one.must, ...one.may]);
    return [
      ...one.must.map((condition) =>
        report(
          `must ${condition}`,
          ({ conditions }) => conditions.includes(condition),
          condition,
        )
      ),
      ...one.must_not.map((condition) =>
        report(
          `must not ${condition}`,
          ({ conditions }) => !conditions.includes(condition),
          condition,
        )
      ),
      ...(allowed === null ? [] : [report(
        `nothing but ${[...allowed].join(", ") || "no condition"}`,
        ({ conditions }) => conditions.every((condition) => allowed.has(condition)),
      )]),
      ...Object.entries(one.flow).map(([field, value]) =>
        withSeen(
          report(`flow ${field} ${JSON.stringify(value)}`, (result) =>
            hasField(result, field, value)),
          about.flatMap((result) =>
            valuesOf(result, field)
          ),
          value,
        )
      ),
    ];
  });
}

/** Adds what was there in place of a value, where it was missed. */
function withSeen(
  report: ExpectationReport,
  values: readonly unknown[],
  value: unknown,
): ExpectationReport {
  if (report.missed === 0) return report;
  const others = values.map((one) => JSON.stringify(one))
    .filter((text) => text !== JSON.stringify(value));
  return { ...report, seen: [...new Set(others)].slice(0, MOST_SEEN) };
}

/** Whether the flow of an arm, or that of each, has a value in a field. */
function hasField(result: TesterResult, field: string, value: unknown): boolean {
  const values = valuesOf(result, field);
  return values.length > 0 &&
    values.every((one) => JSON.stringify(one) === JSON.stringify(value));
}

/** The values of `ARM.FIELD`, or of a field in the record of each arm. */
function valuesOf({ flows }: TesterResult, field: string): unknown[] {
  const dot = field.indexOf(".");
  const arm = dot < 0 ? undefined : field.slice(0, dot);
  const own = arm !== undefined && Object.hasOwn(flows, arm);
  const records = own ? [flows[arm]!] : Object.values(flows);
  const name = own ? field.slice(dot + 1) : field;
  return records.map((record) => record[name] ?? null);
}
