import { Journal } from "../host/journal.ts";
import { Reactor } from "../host/reactor.ts";
import { connectionTypeNamed } from "../connect/registry.ts";
import { Control } from "../measure/control.ts";
import { Setup } from "../measure/setup.ts";
import { Locating } from "./locating.ts";
import { type Plan, setupOptions, watches } from "./plan.ts";

/** What a measurement stands on, for one run. */
export class Session implements Disposable {
  readonly setup: Setup;
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
      this.setup = this.#stack.use(
        new Setup(reactor, { ...setupOptions(plan), journal, workers }),
      );
      this.locating = plan.locate
        ? this.#stack.use(new Locating(plan, plan.device!.name, reactor))
        : null;
      this.control = !plan.control || !watches(plan.spider)
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
  { connect, device, bind, sources, timeoutMs }: Plan,
  warn: (text: string) => void,
): ConstructorParameters<typeof Control>[1] {
  return {
    type: connect.transport === "udp" ? connect : connectionTypeNamed("tcp"),
    defaultPort: connect.defaultPort,
    interface: bind ? device!.name : null,
    sources,
    timeoutMs,
    warn,
  };
}
