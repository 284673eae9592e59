import { type Deadline, Deadlines } from "./deadlines.ts";
import type { Reactor } from "./reactor.ts";

/** Deadlines on the clock of a reactor, which calls back in its turns: see `Reactor.now`. */
export class LoopDeadlines {
  readonly #reactor: Reactor;
  readonly #deadlines = new Deadlines();

  constructor(reactor: Reactor) {
    this.#reactor = reactor;
    reactor.onTurn(() => {
      this.#deadlines.expire(reactor.now);
      reactor.soon(this.#deadlines.untilNext(reactor.now));
    });
  }

  /** Sets one, a number of milliseconds from now. */
  set(timeoutMs: number, passed: () => void): Deadline {
    this.#reactor.soon(timeoutMs);
    return this.#deadlines.set(timeoutMs, this.#reactor.now, passed);
  }

  /** Takes one back; without effect when it has passed or was cancelled. */
  cancel(deadline: Deadline): void {
    this.#deadlines.cancel(deadline);
  }
}
