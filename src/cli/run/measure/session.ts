import { Journal } from "../../../host/journal.ts";
import { Reactor } from "../../../host/reactor.ts";
import { Engine } from "../../../measure/engine.ts";
import { engineOptions, type Plan } from "./plan.ts";

/** An engine and all it stands on, for one run. */
export class Session implements Disposable {
  readonly engine: Engine;
  readonly #stack = new DisposableStack();

  /** Throws a `Failure` when this host cannot measure. */
  constructor(plan: Plan, journal: Journal, workers: number) {
    const reactor = this.#stack.use(new Reactor());
    try {
      this.engine = this.#stack.use(
        new Engine(reactor, { ...engineOptions(plan), journal, workers }),
      );
    } catch (error) {
      this.#stack.dispose();
      throw error;
    }
  }

  [Symbol.dispose](): void {
    this.#stack.dispose();
  }
}
