import { Journal } from "../../../host/journal.ts";
import { Reactor } from "../../../host/reactor.ts";
import { connectionTypeNamed } from "../../../connect/registry.ts";
import { Control } from "../../../measure/control.ts";
import { Engine } from "../../../measure/engine.ts";
import { Locating } from "./locating.ts";
import { engineOptions, OVER_UDP, type Plan, watches } from "./plan.ts";

/** An engine and all it stands on, for one run. */
export class Session implements Disposable {
  readonly engine: Engine;
  /** Null unless it was asked for. */
  readonly locating: Locating | null;
  /** Null where none is wanted, or the spider watches nothing. */
  readonly control: Control | null;
  readonly #stack = new DisposableStack();

  /**
   * Throws a `Failure` when this host cannot measure.
   *
   * @param warn says a sentence at once
   */
  constructor(plan: Plan, journal: Journal, workers: number, warn: (text: string) => void) {
    const reactor = this.#stack.use(new Reactor());
    try {
      this.engine = this.#stack.use(
        new Engine(reactor, { ...engineOptions(plan), journal, workers }),
      );
      this.locating = plan.options.locate
        ? this.#stack.use(new Locating(plan, plan.device!.name, reactor))
        : null;
      this.control = plan.options["no-control"] || !watches(plan.spider)
        ? null
        : this.#stack.use(new Control(reactor, controlOptions(plan, warn)));
    } catch (error) {
      this.#stack.dispose();
      throw error;
    }
  }

  [Symbol.dispose](): void {
    this.#stack.dispose();
  }
}

function controlOptions(
  { connect, device, sources, options }: Plan,
  warn: (text: string) => void,
): ConstructorParameters<typeof Control>[1] {
  return {
    type: OVER_UDP.has(connect.name) ? connect : connectionTypeNamed("tcp"),
    defaultPort: connect.defaultPort,
    interface: device!.name,
    sources,
    timeoutMs: options.timeout * 1000,
    warn,
  };
}
