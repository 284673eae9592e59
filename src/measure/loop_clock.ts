import { wallClock } from "../host/clock.ts";
import { LoopDeadlines } from "../host/loop_deadlines.ts";
import type { Reactor } from "../host/reactor.ts";
import type { Clock } from "./evidence/policy.ts";

/**
 * The reactor's clock, which stands still while the program does: time in which the program did not
 * listen does not count. It needs no timer per waiting task.
 */
export class LoopClock implements Clock {
  readonly #reactor: Reactor;
  readonly #deadlines: LoopDeadlines;

  constructor(reactor: Reactor) {
    this.#reactor = reactor;
    this.#deadlines = new LoopDeadlines(reactor);
  }

  get now(): number {
    return this.#reactor.now;
  }

  get wall(): number {
    return wallClock();
  }

  after(milliseconds: number, call: () => void): () => void {
    const deadline = this.#deadlines.set(milliseconds, call);
    return () => this.#deadlines.cancel(deadline);
  }
}
