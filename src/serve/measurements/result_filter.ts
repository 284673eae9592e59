import type { SQLInputValue } from "node:sqlite";
import type { Measurement } from "./measurement.ts";

/** Which results of a measurement are wanted. */
export interface ResultFilter {
  /** Those of this run. */
  readonly run?: number | undefined;
  /** Those that have this condition. */
  readonly condition?: string | undefined;
  /** Those whose addresses lie from the first to the last of these. */
  readonly prefix?: { readonly first: Uint8Array; readonly last: Uint8Array } | undefined;
  /** Those that began then or later, and before then; milliseconds since 1970. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/** What SQL asks of a row of `results`, with its values. */
export interface Where {
  readonly sql: string;
  readonly values: readonly SQLInputValue[];
}

/** A filter in SQL. */
export function whereOf(
  { number }: Measurement,
  { run, condition, prefix, from, to }: ResultFilter,
): Where {
  const wheres = ["results.measurement = ?"];
  const values: SQLInputValue[] = [number];
  const where = (sql: string, ...more: SQLInputValue[]) => {
    wheres.push(sql);
    values.push(...more);
  };
  if (run !== undefined) where("results.run = ?", run);
  if (condition !== undefined) {
    where(
      "results.number IN (SELECT result FROM conditions WHERE measurement = ? AND condition = ?)",
      number,
      condition,
    );
  }
  if (prefix !== undefined) {
    const { first, last } = prefix;
    where(
      "length(results.address) = ? AND results.address BETWEEN ? AND ?",
      first.length,
      first,
      last,
    );
  }
  if (from !== undefined) where("results.time >= ?", from);
  if (to !== undefined) where("results.time < ?", to);
  return { sql: wheres.join(" AND "), values };
}
