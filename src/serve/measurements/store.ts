import { randomBytes } from "node:crypto";
import { jsonText } from "../../host/json_text.ts";
import type { Database } from "../database/database.ts";
import type { RunEnd } from "../deliveries/delivery.ts";
import { DeliveryStore } from "../deliveries/store.ts";
import type { TargetList } from "../lists/store.ts";
import type { BatchEnd } from "../runner/batch.ts";
import type { Measurement, State } from "./measurement.ts";
import type { KeptRequest, MeasurementRequest } from "./request.ts";
import { withJitter } from "./schedule.ts";

/** A list of targets that is kept already. */
export interface KeptTargets extends Pick<TargetList, "number" | "targets"> {}

interface MeasurementRow extends Omit<Measurement, "request"> {
  readonly request: string;
}

/** Measurements with their targets, in the database of the server. */
export class MeasurementStore {
  readonly #database: Database;
  readonly #deliveries: DeliveryStore;

  constructor(database: Database) {
    this.#database = database;
    this.#deliveries = new DeliveryStore(database);
  }

  /**
   * Keeps a new measurement, with all of its targets or not at all.
   *
   * @param targets as lines of JSON; or a list, which stays as long as it is needed
   * @param planned when its first run is
   * @param now what time it is
   */
  add(
    owner: string | null,
    { deliver = [], ...request }: KeptRequest & Partial<Pick<MeasurementRequest, "deliver">>,
    targets: Iterable<string> | KeptTargets,
    planned = Date.now(),
    now = planned,
  ): Measurement {
    const id = randomBytes(12).toString("hex");
    const { schedule } = request;
    const next = schedule === undefined ? planned : withJitter(schedule, planned);
    const isDue = next <= now;
    return this.#database.transaction(() => {
      const { id: number } = this.#database.run(
        `INSERT INTO measurements (id, owner, state, request, created, origin, next, targets, list)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        id,
        owner,
        (isDue ? "queued" : "scheduled") satisfies State,
        jsonText(request),
        now,
        planned,
        isDue ? null : next,
        ...("number" in targets ? [targets.targets, targets.number] : [0, null]),
      );
      this.#deliveries.addDestinations(number, deliver);
      if ("number" in targets) return this.numbered(number)!;
      const { changes } = this.#database.run(
        "INSERT INTO targets SELECT ?, key, value FROM json_each(?)",
        number,
        JSON.stringify([...targets]),
      );
      this.#database.run("UPDATE measurements SET targets = ? WHERE number = ?", changes, number);
      return this.numbered(number)!;
    });
  }

  /** The one of an id; undefined when there is none. */
  get(id: string): Measurement | undefined {
    return measurementOf(
      this.#database.first<MeasurementRow>(
        "SELECT * FROM measurements WHERE id = ? AND state <> 'removed'",
        id,
      ),
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
        `SELECT * FROM measurements WHERE number < ? AND state <> 'removed'
          ORDER BY number DESC LIMIT ?`,
        before,
        most,
      )
      : this.#database.all<MeasurementRow>(
        `SELECT * FROM measurements WHERE owner IS ? AND number < ? AND state <> 'removed'
          ORDER BY number DESC LIMIT ?`,
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

  /**
   * How many have not ended, and take room until then.
   *
   * @param owner those that a key asked for; all when missing
   */
  countUnended(owner?: string | null): number {
    const [whose, values] = owner === undefined ? ["", []] : ["AND owner IS ?", [owner]] as const;
    return this.#database.first<{ readonly count: number }>(
      `SELECT count(*) AS count FROM measurements
        WHERE state IN ('scheduled', 'queued', 'running') ${whose}`,
      ...values,
    )!.count;
  }

  /** How many are in each state. */
  countByState(): { readonly state: State; readonly count: number }[] {
    return this.#database.all(
      `SELECT state, count(*) AS count FROM measurements WHERE state <> 'removed' GROUP BY state`,
    );
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
  targets({ number, list }: Measurement, from: number, most: number): string[] {
    const [table, column] = list === null ? ["targets", "measurement"] : ["list_targets", "list"];
    return this.#database.all<{ readonly line: string }>(
      `SELECT line FROM ${table} WHERE ${column} = ? AND number >= ? ORDER BY number LIMIT ?`,
      list ?? number,
      from,
      most,
    ).map(({ line }) => line);
  }

  /** Begins its next batch, or begins one again that was interrupted, whose results are dropped. */
  begin({ number, batch }: Measurement): void {
    this.#database.transaction(() => {
      this.#database.run("DELETE FROM results WHERE measurement = ? AND batch = ?", number, batch);
      this.#database.run("DELETE FROM tallies WHERE measurement = ? AND batch = ?", number, batch);
      this.#database.run(
        `UPDATE measurements SET state = 'running', started = iif(state = 'queued', ?, started)
          WHERE number = ?`,
        Date.now(),
        number,
      );
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
  endRun(measurement: Measurement, end: RunEnd, planned: number, now: number): void {
    const { number, request } = measurement;
    this.#database.transaction(() => {
      this.#deliver(measurement, end, now);
      // Another batch than the last one, whose results would be dropped where it has failed
      this.#database.run(
        `UPDATE measurements SET state = 'scheduled', next = ?, run = run + 1, batch = batch + 1,
          position = 0, skipped = 0 WHERE number = ?`,
        withJitter(request.schedule!, planned),
        number,
      );
    });
  }

  /** Does all of something that frees room, or nothing: on a full disk too. */
  freeing<T>(work: () => T): T {
    return this.#database.freeing(work);
  }

  /** Ends a measurement for good. Its targets are not needed any more. */
  end(measurement: Measurement, end: RunEnd, now: number): void {
    const { number } = measurement;
    this.freeing(() => {
      this.#deliver(measurement, end, now);
      this.#database.run(
        `UPDATE measurements SET state = ?, ended = ?, next = NULL, list = NULL, problem = ?
          WHERE number = ?`,
        end.state,
        now,
        end.problem,
        number,
      );
      this.#database.run("DELETE FROM targets WHERE measurement = ?", number);
    });
  }

  /**
   * Forgets a measurement that has ended. Nobody sees it from now on; {@linkcode Removals} deletes what it
   * has left.
   */
  remove({ number }: Pick<Measurement, "number">): void {
    this.freeing(() => {
      this.#database.run("UPDATE measurements SET state = 'removed' WHERE number = ?", number);
      // With them what is to be delivered there
      this.#database.run("DELETE FROM destinations WHERE measurement = ?", number);
    });
  }

  /** Forgets those that have ended before a time, and whose ends have been told; how many. */
  removeEndedBefore(time: number): number {
    const old = this.#forgettable("ended < ?", time);
    for (const one of old) this.remove(one);
    return old.length;
  }

  /** Forgets the one that has ended first of those whose ends have been told; false when there is none. */
  removeOldest(): boolean {
    const [oldest] = this.#forgettable("1 ORDER BY ended, number LIMIT 1");
    if (oldest !== undefined) this.remove(oldest);
    return oldest !== undefined;
  }

  #forgettable(where: string, ...values: number[]): Pick<Measurement, "number">[] {
    return this.#database.all(
      `SELECT number FROM measurements WHERE ended IS NOT NULL AND state <> 'removed' AND number NOT IN
        (SELECT measurement FROM deliveries WHERE next IS NOT NULL)
        AND ${where}`,
      ...values,
    );
  }

  /** Has the end of a run told, if one was under way. */
  #deliver({ number }: Measurement, end: RunEnd, now: number): void {
    const { state, run, targets: all, position: done, skipped, started } = this.numbered(number)!;
    if (state !== "running") return;
    const targets = { all, done, skipped };
    this.#deliveries.add(number, run, { ...end, targets, started, ended: now });
  }

  /** The one of a row; undefined when there is none. */
  numbered(number: number): Measurement | undefined {
    return measurementOf(
      this.#database.first<MeasurementRow>("SELECT * FROM measurements WHERE number = ?", number),
    );
  }
}

function measurementOf(row: MeasurementRow | undefined): Measurement | undefined {
  return row === undefined ? undefined : { ...row, request: JSON.parse(row.request) };
}
