import { jsonText } from "../../host/json_text.ts";
import type { Database } from "../database/database.ts";
import { GIVE_UP } from "./back_off.ts";
import type { Delivery, RunOutcome } from "./delivery.ts";
import type { Destination } from "./destination.ts";
import { webhookUrl } from "./webhook_url.ts";

/** A destination as it is kept: a webhook or an observatory. */
interface DestinationRow {
  readonly webhook: string | null;
  readonly secret: string | null;
  readonly observatory: string | null;
}

interface DeliveryRow
  extends Omit<Delivery, "destination" | "outcome" | "attemptsBefore">, DestinationRow {
  readonly attempts_before: number;
  /** JSON. */
  readonly outcome: string;
}

/** Which delivery it is. */
type Which = Pick<Delivery, "measurement" | "number">;

/** What an attempt leaves of a delivery. */
export type AttemptNote = Pick<Delivery, "state" | "next" | "tried" | "status" | "problem">;

const SELECT = `SELECT deliveries.measurement, id AS of, deliveries.number, deliveries.run, outcome,
    deliveries.state, deliveries.created, attempts, attempts_before, deliveries.next, until, tried, status,
    deliveries.problem, place, webhook, secret, observatory
  FROM deliveries
  JOIN measurements ON measurements.number = deliveries.measurement
  JOIN destinations ON destinations.measurement = deliveries.measurement
    AND destinations.number = deliveries.destination`;

/** Destinations of measurements, and what is to be delivered there, in the database of the server. */
export class DeliveryStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Keeps where the ends of a measurement's runs are told. */
  addDestinations(measurement: number, destinations: readonly Destination[]): void {
    for (const [at, destination] of destinations.entries()) {
      const [place, webhook, secret, observatory] = "webhook" in destination
        ? [webhookUrl(destination.webhook)!.origin, destination.webhook, destination.secret, null]
        : [`observatory ${destination.observatory}`, null, null, destination.observatory];
      this.#database.run(
        `INSERT INTO destinations (measurement, number, place, webhook, secret, observatory)
          VALUES (?, ?, ?, ?, ?, ?)`,
        ...[measurement, at + 1, place, webhook, secret, observatory],
      );
    }
  }

  /** Where the ends of a measurement's runs are told. */
  destinations(measurement: number): Destination[] {
    return this.#database.all<DestinationRow>(
      "SELECT webhook, secret, observatory FROM destinations WHERE measurement = ? ORDER BY number",
      measurement,
    ).map(destinationOf);
  }

  /** Notes that a run has ended, which all of its measurement's destinations are to be told. */
  add(measurement: number, run: number, outcome: RunOutcome): void {
    const { last } = this.#database.first<{ readonly last: number }>(
      "SELECT ifnull(max(number), 0) AS last FROM deliveries WHERE measurement = ?",
      measurement,
    )!;
    const now = outcome.ended;
    this.#database.run(
      `INSERT INTO deliveries (measurement, number, destination, run, outcome, last_result, state,
          created, next, until)
        SELECT measurement, number + ?, number, ?, ?, (SELECT ifnull(max(number), 0) FROM results),
          'waiting', ?, ?, ? FROM destinations WHERE measurement = ?`,
      ...[last, run, jsonText(outcome), now, now, now + GIVE_UP, measurement],
    );
  }

  /**
   * The one whose attempt is due longest; undefined where none is.
   *
   * @param busy places that are left alone
   */
  due(now: number, busy: readonly string[]): Delivery | undefined {
    return deliveryOf(this.#database.first<DeliveryRow>(
      `${SELECT} WHERE deliveries.next <= ? AND place NOT IN (SELECT value FROM json_each(?))
        ORDER BY deliveries.next LIMIT 1`,
      now,
      JSON.stringify(busy),
    ));
  }

  /** When the next attempt is due, other than at busy places; null where there is none. */
  nextTime(busy: readonly string[]): number | null {
    return this.#database.first<{ readonly next: number }>(
      `SELECT deliveries.next FROM deliveries JOIN destinations
          ON destinations.measurement = deliveries.measurement AND destinations.number = destination
        WHERE deliveries.next IS NOT NULL AND place NOT IN (SELECT value FROM json_each(?))
        ORDER BY deliveries.next LIMIT 1`,
      JSON.stringify(busy),
    )?.next ?? null;
  }

  /** The one of a number; undefined when there is none. */
  get({ measurement, number }: Which): Delivery | undefined {
    return deliveryOf(this.#database.first<DeliveryRow>(
      `${SELECT} WHERE deliveries.measurement = ? AND deliveries.number = ?`,
      measurement,
      number,
    ));
  }

  /** Some of a measurement, the newest first. */
  list(measurement: number, { before = Number.MAX_SAFE_INTEGER, most }: {
    readonly before?: number | undefined;
    readonly most: number;
  }): Delivery[] {
    return this.#database.all<DeliveryRow>(
      `${SELECT} WHERE deliveries.measurement = ? AND deliveries.number < ?
        ORDER BY deliveries.number DESC LIMIT ?`,
      measurement,
      before,
      most,
    ).map((row) => deliveryOf(row)!);
  }

  /** Notes what an attempt came to. */
  note({ measurement, number }: Which, { state, next, tried, status, problem }: AttemptNote): void {
    // On a full disk too: it would be delivered again and again otherwise
    this.#database.freeing(() =>
      this.#database.run(
        `UPDATE deliveries SET state = ?, next = ?, tried = ?, status = ?, problem = ?,
          attempts = attempts + 1 WHERE measurement = ? AND number = ?`,
        ...[state, next, tried, status, problem, measurement, number],
      )
    );
  }

  /** Has one tried again from now on, for as long as a new one. */
  retry({ measurement, number }: Which, now: number): void {
    this.#database.run(
      `UPDATE deliveries SET state = 'waiting', next = ?, until = ?, attempts_before = attempts
        WHERE measurement = ? AND number = ?`,
      ...[now, now + GIVE_UP, measurement, number],
    );
  }

  /** The number of a result before all those of a run. */
  resultsBefore({ measurement, run }: Pick<Delivery, "measurement" | "run">): number {
    return this.#database.first<{ readonly last: number }>(
      "SELECT ifnull(max(last_result), 0) AS last FROM deliveries WHERE measurement = ? AND run < ?",
      measurement,
      run,
    )!.last;
  }
}

function deliveryOf(row: DeliveryRow | undefined): Delivery | undefined {
  if (row === undefined) return undefined;
  const { webhook, secret, observatory, outcome, attempts_before, ...delivery } = row;
  return {
    ...delivery,
    attemptsBefore: attempts_before,
    outcome: JSON.parse(outcome),
    destination: destinationOf({ webhook, secret, observatory }),
  };
}

function destinationOf({ webhook, secret, observatory }: DestinationRow): Destination {
  return webhook === null ? { observatory: observatory! } : { webhook, secret };
}
