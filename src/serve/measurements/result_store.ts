import { addressBytesOrNull } from "../../host/address.ts";
import { jsonText } from "../../host/json_text.ts";
import type { Database } from "../database/database.ts";
import type { Measurement } from "./measurement.ts";

/** A result, as a spider gives it. */
export type ResultLine = Readonly<Record<string, unknown>>;

/** An event of a measurement, which clients may have missed. */
export interface StoredEvent {
  readonly number: number;
  readonly time: number;
  readonly type: string;
  /** JSON. */
  readonly data: string;
}

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

/** Results and events of measurements, in the database of the server. */
export class ResultStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Keeps results of the batch that is under way. */
  addResults({ number, run, batch }: Measurement, results: readonly ResultLine[]): void {
    this.#database.transaction(() => {
      for (const result of results) {
        const { id } = this.#database.run(
          `INSERT INTO results (measurement, run, batch, time, address, line)
            VALUES (?, ?, ?, ?, ?, ?)`,
          number,
          run,
          batch,
          beginOf(result),
          typeof result.dip === "string" ? addressBytesOrNull(result.dip) : null,
          jsonText(result),
        );
        for (const condition of new Set(conditionsOf(result))) {
          this.#database.run("INSERT INTO conditions VALUES (?, ?, ?)", number, condition, id);
        }
      }
    });
  }

  /** How many results it has. */
  countResults({ number }: Measurement): number {
    return this.#database.first<{ readonly count: number }>(
      "SELECT count(*) AS count FROM results WHERE measurement = ?",
      number,
    )!.count;
  }

  /** How many results have each condition. */
  countConditions({ number }: Measurement): Record<string, number> {
    const rows = this.#database.all<{ readonly condition: string; readonly count: number }>(
      "SELECT condition, count(*) AS count FROM conditions WHERE measurement = ? GROUP BY condition",
      number,
    );
    return Object.fromEntries(rows.map(({ condition, count }) => [condition, count]));
  }

  /** Results behind a number, in order, each with its own. */
  results(
    { number }: Measurement,
    { run, condition, prefix, from, to }: ResultFilter,
    after: number,
    most: number,
  ): { readonly number: number; readonly line: string }[] {
    const wheres = ["measurement = ?", "number > ?"];
    const values: (number | string | Uint8Array)[] = [number, after];
    const where = (sql: string, ...more: (number | string | Uint8Array)[]) => {
      wheres.push(sql);
      values.push(...more);
    };
    if (run !== undefined) where("run = ?", run);
    if (condition !== undefined) {
      where(
        "number IN (SELECT result FROM conditions WHERE measurement = ? AND condition = ?)",
        number,
        condition,
      );
    }
    if (prefix !== undefined) {
      where(
        "length(address) = ? AND address BETWEEN ? AND ?",
        prefix.first.length,
        prefix.first,
        prefix.last,
      );
    }
    if (from !== undefined) where("time >= ?", from);
    if (to !== undefined) where("time < ?", to);
    return this.#database.all(
      `SELECT number, line FROM results WHERE ${wheres.join(" AND ")} ORDER BY number LIMIT ?`,
      ...values,
      most,
    );
  }

  /** Keeps an event; its number. */
  addEvent({ number }: Measurement, type: string, data: unknown): StoredEvent {
    const [time, text] = [Date.now(), jsonText(data)];
    const { id } = this.#database.run(
      "INSERT INTO events (measurement, time, type, data) VALUES (?, ?, ?, ?)",
      number,
      time,
      type,
      text,
    );
    return { number: id, time, type, data: text };
  }

  /** Events behind a number, in order. */
  events({ number }: Measurement, after: number, most: number): StoredEvent[] {
    return this.#database.all(
      `SELECT number, time, type, data FROM events WHERE measurement = ? AND number > ?
        ORDER BY number LIMIT ?`,
      number,
      after,
      most,
    );
  }
}

/** When it was measured; now for what does not say, as a job that a spider yields. */
function beginOf({ time }: ResultLine): number {
  const { from } = Object(time) as { readonly from?: unknown };
  const parsed = typeof from === "string" ? Date.parse(from) : NaN;
  return Number.isNaN(parsed) ? Date.now() : parsed;
}

function conditionsOf({ conditions }: ResultLine): readonly string[] {
  return Array.isArray(conditions) ? conditions : [];
}
