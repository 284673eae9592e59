import { Waiters } from "./waiters.ts";
import type { Admission, Schedule } from "./schedule.ts";

/** One phase for all arms: a fixed number of targets at once, each as soon as it comes. */
export class WorkerPool implements Schedule {
  readonly givesUp = false;
  readonly overlaps = true;
  readonly #workers: number;
  readonly #waiters = new Waiters();
  #inFlight = 0;

  constructor(workers: number) {
    this.#workers = workers;
  }

  async admit(): Promise<Admission> {
    await this.#waiters.until(() => this.#inFlight < this.#workers);
    this.#inFlight++;
    return {
      run: async (work) => {
        for (const one of work) await one();
        return true;
      },
      end: () => {
        this.#inFlight--;
        this.#waiters.tell();
      },
    };
  }

  finish(): Promise<void> {
    return this.#waiters.until(() => this.#inFlight === 0);
  }

  /** What is in flight is finished. */
  stop(): void {}

  close(): Promise<void> {
    return Promise.resolve();
  }
}
