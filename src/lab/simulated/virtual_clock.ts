import { setImmediate } from "node:timers";
import type { Clock } from "../../measure/evidence/policy.ts";
import { Schedule } from "../box/schedule.ts";

/** When a simulation begins, in milliseconds since 1970, so that its results are the same each time: 2026-01-01. */
const BEGIN = Date.UTC(2026, 0, 1);

/**
 * A clock that jumps to the next thing that is to happen as soon as nothing more can happen before it. It
 * stands where the loop of a run on the network stands.
 */
export class VirtualClock implements Clock {
  readonly #schedule = new Schedule();
  #now = 0;
  /** Work that takes no time on this clock, and is not done yet. */
  #held = 0;
  /** Whether something has happened since all promises were settled. */
  #stirred = false;
  #stopping = false;
  #wake: () => void = () => {};

  get now(): number {
    return this.#now;
  }

  get wall(): number {
    return BEGIN + this.#now;
  }

  after(milliseconds: number, call: () => void): () => void {
    let waiting: (() => void) | null = call;
    this.#schedule.add(this.#now + milliseconds, () => {
      if (waiting === null) return;
      this.#stirred = true;
      waiting();
    });
    this.#wake();
    // What it refers to is not kept until then
    return () => waiting = null;
  }

  /** Lets no time pass until work has ended that takes time only outside of the simulation. */
  async hold<T>(work: Promise<T>): Promise<T> {
    this.#held++;
    try {
      return await work;
    } finally {
      this.#held--;
      this.#wake();
    }
  }

  /** Goes through what happens, until {@linkcode stop}. Rejects with what a callback throws. */
  async run(): Promise<void> {
    await settled();
    while (!this.#stopping) {
      const next = this.#schedule.next;
      if (next === null || this.#held > 0) {
        await new Promise<void>((resolve) => this.#wake = resolve);
        await settled();
        continue;
      }
      this.#now = next;
      this.#stirred = false;
      this.#schedule.run(next);
      // What was taken back has no consequences
      if (this.#stirred) await settled();
    }
  }

  stop(): void {
    this.#stopping = true;
    this.#wake();
  }
}

/** Lets every promise settle that can. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
