import type { TestState } from "../../../contract/experiment_event.ts";
import type { EventBus } from "./events.ts";

/** The state that tests of a group are in, and how long each lasted. */
export class StateClock {
  readonly #ids: readonly string[];
  readonly #bus: EventBus;
  readonly #seconds: Partial<Record<TestState, number>> = {};
  #state: TestState = "created";
  #since = performance.now();

  /** @param ids of the tests, which go through states together */
  constructor(ids: readonly string[], bus: EventBus) {
    this.#ids = ids;
    this.#bus = bus;
    this.#tell();
  }

  get state(): TestState {
    return this.#state;
  }

  /** Enters a state; nothing happens when that is the one it is in. */
  enter(state: TestState): void {
    if (state === this.#state) return;
    this.#count();
    this.#state = state;
    this.#tell();
  }

  /** Seconds that were spent in each state so far. */
  seconds(): Readonly<Partial<Record<TestState, number>>> {
    this.#count();
    return { ...this.#seconds };
  }

  /** Tells how a test has ended; its time does not go on. */
  end(id: string, state: "completed" | "failed" | "error"): void {
    this.#bus.emit("test.state", { state }, { test: id });
  }

  #count(): void {
    const now = performance.now();
    const spent = (this.#seconds[this.#state] ?? 0) + (now - this.#since) / 1000;
    this.#seconds[this.#state] = spent;
    this.#since = now;
  }

  #tell(): void {
    for (const test of this.#ids) this.#bus.emit("test.state", { state: this.#state }, { test });
  }
}

/** Seconds since a moment of performance.now. */
export function secondsSince(began: number): number {
  return (performance.now() - began) / 1000;
}
