import type { SQLInputValue } from "node:sqlite";
import type { Database } from "../database/database.ts";
import type { Measurement } from "./measurement.ts";
import { type ResultFilter, whereOf } from "./result_filter.ts";
import type { ResultRow } from "./result_rows.ts";
import { ALL } from "./result_store.ts";

/** Orders of results: as they came, or by address (IPv4 among IPv6, by octets); `-` for the other way. */
export const SORTS = ["order", "-order", "address", "-address"] as const;
export type Sort = typeof SORTS[number];

/** What one run came to. */
export interface RunTally {
  readonly run: number;
  /** When its first result began, in milliseconds since 1970. */
  readonly time: number;
  readonly results: number;
  /** How many results have each condition. */
  readonly conditions: Readonly<Record<string, number>>;
}

/** Addresses of results of a run, in their order: each with the number of its result. */
export interface AddressSlice {
  /** In hexadecimal, without a prefix. */
  readonly addresses: readonly string[];
  readonly numbers: readonly number[];
}

/** So many results with a condition are put in order; where there are more, they are looked for in order. */
const FEW = 50_000;

/** Results of measurements as tables, series and groups, for those who look at a million of them. */
export class ResultViews {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /**
   * Some results, by their place in an order, and how many there are. A place in the middle
   * takes longer, since those before it are counted, in an index.
   */
  page(
    measurement: Measurement,
    filter: ResultFilter,
    { sort, offset, most }: { readonly sort: Sort; readonly offset: number; readonly most: number },
  ): { readonly rows: readonly ResultRow[]; readonly total: number } {
    const total = this.count(measurement, filter);
    const wanted = Math.min(most, total - offset);
    if (wanted <= 0) return { rows: [], total };
    const behind = total - offset - wanted;
    if (behind >= offset) {
      return { rows: this.#page(measurement, filter, { sort, offset, most: wanted }), total };
    }
    // From the end, which is nearer
    const other = (sort.startsWith("-") ? sort.slice(1) : `-${sort}`) as Sort;
    const place = { sort: other, offset: behind, most: wanted };
    return { rows: this.#page(measurement, filter, place).reverse(), total };
  }

  #page(
    measurement: Measurement,
    filter: ResultFilter,
    { sort, offset, most }: { readonly sort: Sort; readonly offset: number; readonly most: number },
  ): ResultRow[] {
    const { from, sql, values, number } = this.#source(measurement, filter, sort);
    const way = sort.startsWith("-") ? "DESC" : "ASC";
    const order = sort.endsWith("address")
      ? ["results.address", "results.run", "results.number"]
      : [number];
    const numbers = this.#database.all<{ readonly number: number }>(
      `SELECT ${number} AS number FROM ${from} WHERE ${sql}
        ORDER BY ${order.map((column) => `${column} ${way}`).join(", ")} LIMIT ? OFFSET ?`,
      ...values,
      most,
      offset,
    ).map((row) => row.number);
    const rows = new Map(
      this.#database.all<ResultRow & { readonly number: number }>(
        `SELECT number, run, line FROM results WHERE number IN (SELECT value FROM json_each(?))`,
        JSON.stringify(numbers),
      ).map((row) => [row.number, row]),
    );
    return numbers.map((one) => rows.get(one)!);
  }

  /** How many results a filter lets through. */
  count(measurement: Measurement, filter: ResultFilter): number {
    const { run, condition = ALL, prefix, from, to } = filter;
    if (prefix === undefined && from === undefined && to === undefined) {
      return this.#tally(measurement, condition, run);
    }
    const source = this.#source(measurement, filter, "order");
    return this.#database.first<{ readonly count: number }>(
      `SELECT count(*) AS count FROM ${source.from} WHERE ${source.sql}`,
      ...source.values,
    )!.count;
  }

  /** What its last runs came to, in their order. */
  runs({ number }: Measurement, most: number): RunTally[] {
    const rows = this.#database.all<{
      readonly run: number;
      readonly condition: string;
      readonly count: number;
      readonly time: number;
    }>(
      `SELECT run, condition, sum(count) AS count, min(time) AS time FROM tallies
        WHERE measurement = ? AND run IN
          (SELECT DISTINCT run FROM tallies WHERE measurement = ? ORDER BY run DESC LIMIT ?)
        GROUP BY run, condition ORDER BY run, condition`,
      number,
      number,
      most,
    );
    return [...Map.groupBy(rows, ({ run }) => run)].map(([run, all]) => {
      const whole = all.find(({ condition }) => condition === ALL)!;
      const conditions = all.filter((one) => one !== whole);
      return {
        run,
        time: whole.time,
        results: whole.count,
        conditions: Object.fromEntries(
          conditions.map(({ condition, count }) => [condition, count]),
        ),
      };
    });
  }

  /**
   * Results of a run in the order of their addresses, behind one of them; names have none.
   *
   * @param after empty, and 0, for the first ones
   */
  addresses(
    { number }: Measurement,
    run: number,
    after: { readonly address: Uint8Array; readonly number: number },
    most: number,
  ): AddressSlice {
    // One row, since a row a result would take several times as long to hand over
    const { addresses, numbers } = this.#database.first<{
      readonly addresses: string | null;
      readonly numbers: string;
    }>(
      `SELECT group_concat(hex(address)) AS addresses, json_group_array(number) AS numbers FROM
        (SELECT address, number FROM results
          WHERE measurement = ? AND (address, run, number) > (?, ?, ?) AND run = ?
          ORDER BY address, run, number LIMIT ?)`,
      ...[number, after.address, run, after.number, run, most],
    )!;
    return { addresses: addresses?.split(",") ?? [], numbers: JSON.parse(numbers) };
  }

  /** Numbers of results that have a condition, in their order, behind one. */
  having({ number }: Measurement, condition: string, after: number, most: number): number[] {
    const { numbers } = this.#database.first<{ readonly numbers: string }>(
      `SELECT json_group_array(result) AS numbers FROM
        (SELECT result FROM conditions WHERE measurement = ? AND condition = ? AND result > ?
          ORDER BY result LIMIT ?)`,
      ...[number, condition, after, most],
    )!;
    return JSON.parse(numbers);
  }

  /** How many results of a run, or of all, have a condition. */
  #tally({ number }: Measurement, condition: string, run: number | undefined): number {
    return this.#database.first<{ readonly count: number }>(
      `SELECT ifnull(sum(count), 0) AS count FROM tallies
        WHERE measurement = ? AND condition = ? AND run BETWEEN ? AND ?`,
      ...[number, condition, run ?? 0, run ?? Number.MAX_SAFE_INTEGER],
    )!.count;
  }

  /** Where rows come from, so that no more of them are looked at than an order takes. */
  #source(measurement: Measurement, filter: ResultFilter, sort: Sort) {
    const { condition, ...others } = filter;
    const where = whereOf(measurement, others);
    const result = { from: "results", ...where, number: "results.number" };
    if (condition === undefined) return result;
    const own: SQLInputValue[] = [measurement.number, condition];
    const isBy = "conditions.measurement = ? AND conditions.condition = ?";
    const isByAddress = sort.endsWith("address");
    const all = this.#tally(measurement, condition, undefined);
    const isNarrow = filter.prefix !== undefined &&
      this.count(measurement, { prefix: filter.prefix }) < all;
    if (isNarrow || isByAddress && all > FEW) {
      return {
        ...result,
        sql: `${where.sql} AND EXISTS (SELECT 1 FROM conditions
          WHERE ${isBy} AND conditions.result = results.number)`,
        values: [...where.values, ...own],
      };
    }
    const isAlone = Object.values(others).every((value) => value === undefined);
    if (isAlone && !isByAddress) {
      return { from: "conditions", sql: isBy, values: own, number: "conditions.result" };
    }
    return {
      from: "conditions CROSS JOIN results ON results.number = conditions.result",
      sql: `${isBy} AND ${where.sql}`,
      values: [...own, ...where.values],
      number: "conditions.result",
    };
  }
}
