import { Failure } from "../../host/failure.ts";
import { sleep } from "../../host/sleep.ts";
import type { Config } from "../config/schema.ts";
import type { Database } from "../database/database.ts";
import { ListRemovals } from "../lists/removals.ts";
import type { Log } from "../log.ts";
import type { WallClock } from "./queue.ts";
import { Removals } from "./removals.ts";
import type { MeasurementStore } from "./store.ts";

/** How often is looked for what is to be forgotten, in milliseconds. */
const EVERY = 60_000;
const DAY = 86_400_000;
const MEGABYTE = 1_000_000;
/** Rows that are deleted, and pages that are given back, at once: 10 milliseconds of work at most. */
const ROWS = 500;
const PAGES = 100;
/** How long others have the database in between, in milliseconds. */
const PAUSE = 10;

/** What is needed to forget. */
export interface ForgettingParts {
  readonly database: Database;
  readonly store: Pick<MeasurementStore, "removeEndedBefore" | "removeOldest">;
  readonly retention: () => Config["retention"];
  readonly clock: Pick<WallClock, "now">;
  readonly log: Log;
}

/**
 * Forgets measurements that have ended, little by little, as the configuration says: those that are too
 * old, and the oldest ones as long as the database is too large. Gives their room back to the file system.
 */
export class Forgetting {
  readonly #parts: ForgettingParts;
  readonly #removals: Removals;
  readonly #lists: ListRemovals;
  readonly #closing = new AbortController();
  #poked = new AbortController();
  #isTooLarge = false;
  #work: Promise<void> | null = null;

  constructor(parts: ForgettingParts) {
    this.#parts = parts;
    this.#removals = new Removals(parts.database);
    this.#lists = new ListRemovals(parts.database);
    this.#lists.begin();
  }

  /** @param broke is told of a fault that ends it */
  start(broke: (error: unknown) => void): void {
    this.#work = this.#run();
    this.#work.catch(broke);
  }

  /** Says that there is something to delete. */
  poke(): void {
    this.#poked.abort();
  }

  /** Ends it; what is left of it is done after the next start. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#work?.catch(() => {}); // `start` has told of it
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    do {
      this.#poked = new AbortController();
      try {
        this.#parts.database.keepReserve();
        await this.#forget();
      } catch (error) {
        // Such as a disk that fails: it may be better later
        if (!(error instanceof Failure)) throw error;
        this.#parts.log.write("error", `nothing can be forgotten: ${error.message}`);
      }
      await sleep(EVERY, AbortSignal.any([signal, this.#poked.signal]));
    } while (!signal.aborted);
  }

  async #forget(): Promise<void> {
    const { database, store, retention, clock } = this.#parts;
    const { days, megabytes } = retention();
    if (days !== undefined) {
      this.#tell(store.removeEndedBefore(clock.now() - days * DAY), "days");
    }
    await this.#drop();
    if (megabytes !== undefined) {
      const isTooLarge = () => database.octets > megabytes * MEGABYTE;
      let count = 0;
      try {
        while (isTooLarge() && !this.#closing.signal.aborted && store.removeOldest()) {
          count++;
          await this.#drop();
        }
      } finally {
        this.#tell(count, "megabytes");
      }
      this.#warn(isTooLarge(), megabytes);
    }
    while (!this.#closing.signal.aborted && database.giveBack(PAGES)) await this.#pause();
  }

  /** Deletes what was removed. */
  async #drop(): Promise<void> {
    const drop = () => this.#removals.drop(ROWS) || this.#lists.drop(ROWS);
    while (!this.#closing.signal.aborted && drop()) await this.#pause();
  }

  async #pause(): Promise<void> {
    await sleep(PAUSE, this.#closing.signal);
  }

  #tell(count: number, why: "days" | "megabytes"): void {
    if (count === 0) return;
    const what = count === 1 ? "1 measurement was" : `${count} measurements were`;
    this.#parts.log.write("info", `${what} forgotten: retention.${why}`);
  }

  /** Says once that there is nothing more that may be forgotten. */
  #warn(isTooLarge: boolean, megabytes: number): void {
    if (isTooLarge && !this.#isTooLarge && !this.#closing.signal.aborted) {
      this.#parts.log.write(
        "warning",
        `the database holds more than the ${megabytes} MB of retention.megabytes, and no measurement has ` +
          "ended that could be forgotten: stop some, or allow more",
      );
    }
    this.#isTooLarge = isTooLarge;
  }
}
