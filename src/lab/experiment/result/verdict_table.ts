import type { ExperimentReport, TestReport } from "../../../contract/experiment_report.ts";

/** Columns of a table, at most: a list is easier to read than a wider one. */
const MOST_COLUMNS = 12;
/** The axis that is down the side, where a test has it. */
const DOWN = "middlebox";
/** The axis whose places are counted together. */
const REPEATS = "iteration";

/** What a test came to at all places of its matrix. */
export interface TestVerdicts {
  readonly test: string;
  /** Values that all places have, such as `spider=ecn`. */
  readonly common: readonly string[];
  readonly reports: readonly TestReport[];
  /** Null where places differ in nothing, or in too much for a table. */
  readonly table: VerdictTable | null;
}

/** A matrix, one axis of it down the side and the others above. */
export interface VerdictTable {
  /** The axis down the side. */
  readonly axis: string;
  /** Places on the other axes, such as `ip=4, spider=ecn`. */
  readonly columns: readonly string[];
  readonly rows: readonly VerdictRow[];
}

/** A value of the axis down the side. */
export interface VerdictRow {
  readonly value: string;
  /** Reports by columns: several where a place was repeated, none where it was left out. */
  readonly places: readonly (readonly TestReport[])[];
}

/** What each test came to, in the order of the report. */
export function verdictsByTest({ tests }: ExperimentReport): TestVerdicts[] {
  return [...Map.groupBy(tests, ({ test }) => test)].map(([test, reports]) => {
    const axes = axesOf(reports);
    return {
      test,
      common: [...axes].filter(([, values]) => values.size === 1)
        .map(([axis, values]) => `${axis}=${[...values][0]}`),
      reports,
      table: tableOf(reports, axes),
    };
  });
}

/** The values of each axis. */
function axesOf(reports: readonly TestReport[]): Map<string, ReadonlySet<string>> {
  const names = new Set(reports.flatMap(({ cell }) => Object.keys(cell)));
  return new Map(
    [...names].map((axis) => [axis, new Set(reports.map((report) => valueOf(report, axis)))]),
  );
}

function valueOf({ cell }: TestReport, axis: string): string {
  return Object.hasOwn(cell, axis) ? String(cell[axis]) : "none";
}

function tableOf(
  reports: readonly TestReport[],
  axes: ReadonlyMap<string, ReadonlySet<string>>,
): VerdictTable | null {
  const differing = [...axes].filter(([name, values]) => values.size > 1 && name !== REPEATS)
    .sort(([, one], [, other]) => other.size - one.size)
    .map(([name]) => name);
  const axis = differing.includes(DOWN) ? DOWN : differing[0];
  if (axis === undefined) return null;
  const across = differing.filter((name) => name !== axis);
  const columnOf = (report: TestReport) =>
    across.map((name) => `${name}=${valueOf(report, name)}`).join(", ") || "verdict";
  const columns = [...new Set(reports.map(columnOf))];
  if (columns.length > MOST_COLUMNS) return null;
  const rows = [...Map.groupBy(reports, (report) => valueOf(report, axis))].map(([value, own]) => {
    const byColumn = Map.groupBy(own, columnOf);
    return { value, places: columns.map((column) => byColumn.get(column) ?? []) };
  });
  return { axis, columns, rows };
}
