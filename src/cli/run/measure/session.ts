import { Journal } from "../../../host/journal.ts";
import { Reactor } from "../../../host/reactor.ts";
import { Setup } from "../../../measure/setup.ts";
import { Locating } from "./locating.ts";
import { type Plan, setupOptions } from "./plan.ts";

/** What a measurement stands on, for one run. */
export class Session implements Disposable {
  readonly setup: Setup;
  /** Null unless it was asked for. */
  readonly locating: Locating | null;
  readonly #stack = new DisposableStack();

  /** Throws a `Failure` when this host cannot measure. */
  constructor(plan: Plan, journal: Journal, workers: number) {
    const reactor = this.#stack.use(new Reactor());
    try {
      this.setup = this.#stack.use(
        new Setup(reactor, { ...setupOptions(plan), journal, workers }),
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
