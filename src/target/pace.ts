import { sleep } from "../host/sleep.ts";

/** The longest delay to catch up on when the program was busy, in milliseconds. */
const CATCH_UP = 50;

/**
 * Lets turns pass at a steady rate, by the monotonic clock. Late turns are caught up, but never
 * more than those of 1/20 s at once.
 */
export class Pace {
  readonly #interval: number;
  #next: number | null = null;

  /** @param rate turns a second; undefined for no limit */
  constructor(rate: number | undefined) {
    this.#interval = rate === undefined ? 0 : 1000 / rate;
  }

  /** Waits for the next turn. False when `signal` aborted first: there is no turn then. */
  async turn(signal?: AbortSignal): Promise<boolean> {
    if (signal?.aborted) return false;
    if (this.#interval === 0) return true;
    const now = performance.now();
    const slot = Math.max(this.#next ?? now, now - CATCH_UP);
    this.#next = slot + this.#interval;
    return slot <= now || await sleep(slot - now, signal);
  }
}
