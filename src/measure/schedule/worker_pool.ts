import { Changes } from "./changes.ts";
import type { Admission, Schedule } from "./schedule.ts";

/** One phase for all arms: so many targets at once, each as soon as it comes. */
export class WorkerPool implements Schedule {
  readonly givesUp = false;
  readonly overlaps = true;
  readonly #workers: number;
  readonly #changes = new Changes();
  #inFlight = 0;

  constructor(workers: number) {
    this.#workers = workers;
  }

  async admit(): Promise<Admission> {
    await this.#changes.until(() => this.#inFlight < this.#workers);
    this.#inFlight++;
    return {
      run: async (work) => {
        for (const one of work) await one();
        return true;
      },
      end: () => {
        this.#inFlight--;
        this.#changes.tell();
      },
    };
  }

  finish(): Promise<void> {
    return this.#changes.until(() => this.#inFlight === 0);
  }

  /** What is in flight is finished. */
  stop(): void {}

  close(): Promise<void> {
    return Promise.resolve();
  }
}
