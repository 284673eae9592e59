import type { WallClock } from "../../src/serve/measurements/queue.ts";

/** A clock on which waiting takes no time. */
export class FastClock implements WallClock {
  #now: number;

  constructor(now = Date.parse("2026-11-30T12:00:00Z")) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  async sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
    if (milliseconds < Infinity) this.#now += milliseconds;
    else await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
  }
}
