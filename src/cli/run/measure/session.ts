import { Journal } from "../../../host/journal.ts";
import { Reactor } from "../../../host/reactor.ts";
import { Engine } from "../../../measure/engine.ts";
import { Locating } from "./locating.ts";
import { engineOptions, type Plan } from "./plan.ts";

/** An engine and all it stands on, for one run. */
export class Session implements Disposable {
  readonly engine: Engine;
  /** Null unless it was asked for. */
  readonly locating: Locating | null;
  readonly #stack = new DisposableStack();

  /** Throws a `Failure` when this host cannot measure. */
  constructor(plan: Plan, journal: Journal, workers: number) {
    const reactor = this.#stack.use(new Reactor());
    try {
      this.engine = this.#stack.use(
        new Engine(reactor, { ...engineOptions(plan), journal, workers }),
      );
      this.locating = plan.options.locate
        ? this.#stack.use(new Locating(plan, plan.device!.name, reactor))
        : null;
    } catch (error) {
      this.#stack.dispose();
      throw error;
    }
  }

  [Symbol.dispose](): void {
    this.#stack.dispose();
  }
}
