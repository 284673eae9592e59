import { inTime } from "../../host/in_time.ts";
import { DatabaseFailure } from "../database/database.ts";
import type { Log } from "../log.ts";
import type { AttemptEnd } from "./attempt.ts";
import { backOff } from "./back_off.ts";
import { type Delivery, deliveryId } from "./delivery.ts";
import { deliver, type DeliverParts } from "./deliver.ts";

/** Attempts at once. One place has one at a time, so that a slow one keeps few others waiting. */
const AT_ONCE = 8;

/** What a courier works with. */
export interface CourierParts extends DeliverParts {
  readonly log: Log;
  /** Counts attempts. */
  readonly tried: (end: AttemptEnd["state"]) => void;
}

/** An attempt that is under way. */
interface UnderWay {
  readonly place: string;
  readonly work: Promise<void>;
}

/**
 * Tells destinations of the ends of runs, again and again until they have taken it or it is given up. What
 * was taken and could not be noted, as after a kill -9, is told once more.
 */
export class Courier {
  readonly #parts: CourierParts;
  /** By the ids of their deliveries. */
  readonly #underWay = new Map<string, UnderWay>();
  readonly #interrupted = new AbortController();
  #isEnding = false;
  #wake: () => void = () => {};
  #work: Promise<void> | null = null;
  #broke: (error: unknown) => void = () => {};

  constructor(parts: CourierParts) {
    this.#parts = parts;
  }

  /**
   * Begins, and goes on with what an earlier server has left.
   *
   * @param broke is told of what ends it, such as a database that cannot be written
   */
  start(broke: (error: unknown) => void): void {
    this.#broke = broke;
    this.#work = this.#run();
    this.#work.catch(broke);
  }

  /** Says that there may be something to do. */
  poke(): void {
    this.#wake();
  }

  /** Tries one again, in whatever state it is; false where it is being tried. */
  retry(delivery: Delivery): boolean {
    if (this.#underWay.has(deliveryId(delivery))) return false;
    this.#parts.deliveries.retry(delivery, this.#parts.clock.now());
    this.#wake();
    return true;
  }

  /**
   * Ends in order: finishes attempts that are under way. What is left is tried after the next start.
   *
   * @param patience how long it waits for them until it interrupts them, in milliseconds
   */
  async close(patience: number): Promise<void> {
    this.#isEnding = true;
    this.#wake();
    await this.#work?.catch(() => {}); // `start` has told of it
    const all = Promise.all([...this.#underWay.values()].map(({ work }) => work));
    if (await inTime(all, patience) !== null) return;
    this.#interrupted.abort();
    await all;
  }

  async #run(): Promise<void> {
    const { deliveries, clock } = this.#parts;
    while (!this.#isEnding) {
      const changed = new AbortController();
      this.#wake = () => changed.abort();
      const busy = () => [...this.#underWay.values()].map(({ place }) => place);
      while (this.#underWay.size < AT_ONCE) {
        const due = deliveries.due(clock.now(), busy());
        if (due === undefined) break;
        this.#begin(due);
      }
      const next = this.#underWay.size < AT_ONCE ? deliveries.nextTime(busy()) : null;
      const wait = next === null ? Infinity : Math.max(0, next - clock.now());
      await clock.sleep(wait, changed.signal);
    }
  }

  #begin(delivery: Delivery): void {
    const id = deliveryId(delivery);
    const broke = (error: unknown) => {
      this.#isEnding = true;
      this.#broke(error);
    };
    const work = this.#attempt(delivery).catch(broke).finally(() => {
      this.#underWay.delete(id);
      this.#wake();
    });
    this.#underWay.set(id, { place: delivery.place, work });
  }

  async #attempt(delivery: Delivery): Promise<void> {
    const { log } = this.#parts;
    const { signal } = this.#interrupted;
    let end: AttemptEnd;
    try {
      end = await deliver(delivery, this.#parts, signal);
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof DatabaseFailure) throw error;
      const id = deliveryId(delivery);
      log.write("error", `delivery ${id}: ${error instanceof Error ? error.stack : String(error)}`);
      const problem = "this server is at fault; its log tells of this delivery";
      end = { state: "failed", status: null, problem, wait: null };
    }
    if (signal.aborted && end.state !== "delivered") return;
    this.#note(delivery, end);
  }

  #note(delivery: Delivery, end: AttemptEnd): void {
    const { deliveries, clock, log, tried } = this.#parts;
    const id = deliveryId(delivery);
    const now = clock.now();
    const { status } = end;
    tried(end.state);
    if (end.state === "delivered") {
      log.write("info", `delivery ${id} is delivered`);
      deliveries.note(delivery, {
        ...{ state: "delivered", next: null, problem: null },
        tried: now,
        status,
      });
      return;
    }
    const { problem } = end;
    const attempts = delivery.attempts + 1 - delivery.attemptsBefore;
    const next = now + backOff(attempts, end.wait);
    if (end.state === "hopeless" || next > delivery.until) {
      log.write("warning", `delivery ${id} is given up: ${problem}`);
      deliveries.note(delivery, {
        ...{ state: "given_up", next: null },
        tried: now,
        status,
        problem,
      });
      return;
    }
    log.write("info", `delivery ${id} is tried again: ${problem}`);
    deliveries.note(delivery, { ...{ state: "waiting", next }, tried: now, status, problem });
  }
}
