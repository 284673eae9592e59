import { randomBytes } from "node:crypto";
import { addressBytesOrNull } from "../../host/address.ts";
import { jsonText } from "../../host/json_text.ts";
import type { Database } from "../database/database.ts";
import type { BatchEnd } from "../runner/batch.ts";
import type { Measurement, State } from "./measurement.ts";
import type { KeptRequest } from "./request.ts";
import { withJitter } from "./schedule.ts";

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

interface MeasurementRow extends Omit<Measurement, "request"> {
  readonly request: string;
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

/** Measurements with their targets, results and events, in the database of the server. */
export class MeasurementStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /**
   * Keeps a new measurement, with all of its targets or not at all.
   *
   * @param planned when its first run is
   * @param now what time it is
   */
  add(
    owner: string | null,
    request: KeptRequest,
    targets: Iterable<string>,
    planned = Date.now(),
    now = planned,
  ): Measurement {
    const id = randomBytes(12).toString("hex");
    const { schedule } = request;
    const next = schedule === undefined ? planned : withJitter(schedule, planned);
    const isDue = next <= now;
    return this.#database.transaction(() => {
      const { id: number } = this.#database.run(
        `INSERT INTO measurements (id, owner, state, request, created, origin, next, targets)
          VALUES (?, ?, ?, ?, ?, ?, ?, 0)`,
        id,
        owner,
        (isDue ? "queued" : "scheduled") satisfies State,
        jsonText(request),
        now,
        planned,
        isDue ? null : next,
      );
      let count = 0;
      for (const line of targets) {
        this.#database.run("INSERT INTO targets VALUES (?, ?, ?)", number, count++, line);
      }
      this.#database.run("UPDATE measurements SET targets = ? WHERE number = ?", count, number);
      return this.#numbered(number)!;
    });
  }

  /** The one of an id; undefined when there is none. */
  get(id: string): Measurement | undefined {
    return measurementOf(
      this.#database.first<MeasurementRow>("SELECT * FROM measurements WHERE id = ?", id),
    );
  }

  /** Some, the newest first. */
  list({ owner, before = Number.MAX_SAFE_INTEGER, most }: {
    /** Those of one key; of all when undefined. */
    readonly owner?: string | null | undefined;
    readonly before?: number | undefined;
    readonly most: number;
  }): Measurement[] {
    const rows = owner === undefined
      ? this.#database.all<MeasurementRow>(
        "SELECT * FROM measurements WHERE number < ? ORDER BY number DESC LIMIT ?",
        before,
        most,
      )
      : this.#database.all<MeasurementRow>(
        "SELECT * FROM measurements WHERE owner IS ? AND number < ? ORDER BY number DESC LIMIT ?",
        owner,
        before,
        most,
      );
    return rows.map((row) => measurementOf(row)!);
  }

  /** How many wait or run. */
  get waiting(): number {
    return this.#database.first<{ readonly count: number }>(
      `SELECT count(*) AS count FROM measurements WHERE state IN ('queued', 'running')
        OR next <= ?`,
      Date.now(),
    )!.count;
  }

  /** How many are in each state. */
  countByState(): { readonly state: State; readonly count: number }[] {
    return this.#database.all("SELECT state, count(*) AS count FROM measurements GROUP BY state");
  }

  /** Puts those whose time has come into the queue; when the next one's comes, null where none waits. */
  queueDue(now: number): number | null {
    this.#database.run(
      "UPDATE measurements SET state = 'queued', next = NULL WHERE next <= ?",
      now,
    );
    return this.#database.first<{ readonly next: number | null }>(
      "SELECT min(next) AS next FROM measurements WHERE next IS NOT NULL",
    )!.next;
  }

  /** Those that are made at times to come, or again and again, and have not ended. */
  scheduled(owner: string | null | undefined): Measurement[] {
    return this.#database.all<MeasurementRow>(
      `SELECT * FROM measurements WHERE ended IS NULL AND (next IS NOT NULL OR
        json_extract(request, '$.schedule') IS NOT NULL) ORDER BY next IS NULL DESC, next, number`,
    ).map((row) => measurementOf(row)!).filter((one) => owner === undefined || one.owner === owner);
  }

  /** The oldest that waits or runs, of each owner that has one. */
  oldestOfEach(): Measurement[] {
    return this.#database.all<MeasurementRow>(
      `SELECT * FROM measurements WHERE number IN (
        SELECT min(number) FROM measurements WHERE state IN ('queued', 'running') GROUP BY owner
      ) ORDER BY number`,
    ).map((row) => measurementOf(row)!);
  }

  /** Targets from a place in its list on. */
  targets({ number }: Measurement, from: number, most: number): string[] {
    return this.#database.all<{ readonly line: string }>(
      "SELECT line FROM targets WHERE measurement = ? AND number >= ? ORDER BY number LIMIT ?",
      number,
      from,
      most,
    ).map(({ line }) => line);
  }

  /** Begins its next batch, or begins one again that was interrupted, whose results are dropped. */
  begin({ number, batch }: Measurement): void {
    this.#database.transaction(() => {
      this.#database.run("DELETE FROM results WHERE measurement = ? AND batch = ?", number, batch);
      this.#database.run(
        `UPDATE measurements SET state = 'running', started = iif(state = 'queued', ?, started)
          WHERE number = ?`,
        Date.now(),
        number,
      );
    });
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

  /** Notes that a batch has taken so many targets, and that the next one comes. */
  endBatch({ number }: Measurement, taken: number, { skipped }: Pick<BatchEnd, "skipped">): void {
    this.#database.run(
      `UPDATE measurements SET batch = batch + 1, position = position + ?, skipped = skipped + ?
        WHERE number = ?`,
      taken,
      skipped,
      number,
    );
  }

  /**
   * Ends a run, behind which another one comes.
   *
   * @param planned when that is
   */
  endRun({ number, request }: Measurement, planned: number): void {
    this.#database.run(
      `UPDATE measurements SET state = 'scheduled', next = ?, run = run + 1, position = 0, skipped = 0
        WHERE number = ?`,
      withJitter(request.schedule!, planned),
      number,
    );
  }

  /** Ends a measurement for good. Its targets are not needed any more. */
  end({ number }: Measurement, state: State, problem: string | null): void {
    this.#database.transaction(() => {
      this.#database.run(
        "UPDATE measurements SET state = ?, ended = ?, next = NULL, problem = ? WHERE number = ?",
        state,
        Date.now(),
        problem,
        number,
      );
      this.#database.run("DELETE FROM targets WHERE measurement = ?", number);
    });
  }

  /** Forgets a measurement, with its results. */
  remove({ number }: Measurement): void {
    this.#database.run("DELETE FROM measurements WHERE number = ?", number);
  }

  /** Forgets those that have ended before a time; how many. */
  removeEndedBefore(time: number): number {
    return this.#database.run("DELETE FROM measurements WHERE ended < ?", time).changes;
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

  #numbered(number: number): Measurement | undefined {
    return measurementOf(
      this.#database.first<MeasurementRow>("SELECT * FROM measurements WHERE number = ?", number),
    );
  }
}

function measurementOf(row: MeasurementRow | undefined): Measurement | undefined {
  return row === undefined ? undefined : { ...row, request: JSON.parse(row.request) };
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
