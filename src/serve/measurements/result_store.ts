import { addressBytesOrNull } from "../../host/address.ts";
import { jsonText } from "../../host/json_text.ts";
import type { Database } from "../database/database.ts";
import type { Measurement } from "./measurement.ts";
import type { ResultRow } from "./result_rows.ts";
import { type ResultFilter, whereOf } from "./result_filter.ts";

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

/** The tally of all results, which no condition is called. */
export const ALL = "";

/** What results come to. */
export interface RunCounts {
  readonly results: number;
  /** How many have each condition. */
  readonly conditions: Readonly<Record<string, number>>;
}

/** Results and events of measurements, in the database of the server. */
export class ResultStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Keeps results of the batch that is under way. */
  addResults({ number, run, batch }: Measurement, results: readonly ResultLine[]): void {
    const tallies = new Map<string, { count: number; time: number }>();
    const count = (condition: string, time: number) => {
      const tally = tallies.get(condition) ?? { count: 0, time };
      tallies.set(condition, { count: tally.count + 1, time: Math.min(tally.time, time) });
    };
    this.#database.transaction(() => {
      for (const result of results) {
        const time = beginOf(result);
        const { id } = this.#database.run(
          `INSERT INTO results (measurement, run, batch, time, address, line)
            VALUES (?, ?, ?, ?, ?, ?)`,
          number,
          run,
          batch,
          time,
          typeof result.dip === "string" ? addressBytesOrNull(result.dip) : null,
          jsonText(result),
        );
        count(ALL, time);
        for (const condition of new Set(conditionsOf(result))) {
          this.#database.run("INSERT INTO conditions VALUES (?, ?, ?)", number, condition, id);
          count(condition, time);
        }
      }
      for (const [condition, { count, time }] of tallies) {
        this.#database.run(
          `INSERT INTO tallies VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE
            SET count = count + excluded.count, time = min(time, excluded.time)`,
          ...[number, run, batch, condition, count, time],
        );
      }
    });
  }

  /** How many results it has. */
  countResults({ number }: Measurement): number {
    return this.#database.first<{ readonly count: number }>(
      "SELECT ifnull(sum(count), 0) AS count FROM tallies WHERE measurement = ? AND condition = ?",
      number,
      ALL,
    )!.count;
  }

  /** How many results have each condition. */
  countConditions({ number }: Measurement): Record<string, number> {
    const rows = this.#database.all<{ readonly condition: string; readonly count: number }>(
      `SELECT condition, sum(count) AS count FROM tallies WHERE measurement = ? AND condition <> ?
        GROUP BY condition`,
      number,
      ALL,
    );
    return Object.fromEntries(rows.map(({ condition, count }) => [condition, count]));
  }

  /** How many results a run has, and how many of them have each condition. */
  countRun({ number }: Measurement, run: number): RunCounts {
    const rows = this.#database.all<{ readonly condition: string; readonly count: number }>(
      `SELECT condition, sum(count) AS count FROM tallies WHERE measurement = ? AND run = ?
        GROUP BY condition ORDER BY condition`,
      number,
      run,
    );
    const counts = new Map(rows.map(({ condition, count }) => [condition, count]));
    const results = counts.get(ALL) ?? 0;
    counts.delete(ALL);
    return { results, conditions: Object.fromEntries(counts) };
  }

  /** Results behind a number, in order, each with its own. */
  results(
    measurement: Measurement,
    filter: ResultFilter,
    after: number,
    most: number,
  ): (ResultRow & { readonly number: number })[] {
    const { sql, values } = whereOf(measurement, filter);
    return this.#database.all(
      `SELECT number, run, line FROM results WHERE ${sql} AND number > ? ORDER BY number LIMIT ?`,
      ...values,
      after,
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
