import type { ConnectContext, ConnectionType, Connects } from "../connect/connection_type.ts";
import { Forger } from "../connect/forger.ts";
import { connectionTypeNamed } from "../connect/registry.ts";

/** The connection types of one run, each opened when it is first needed. */
export class Connections implements Disposable {
  /** The type that arms use which name none. */
  readonly standard: ConnectionType;
  readonly #context: ConnectContext;
  readonly #open = new Map<string, Connects>();
  #forger: Forger | undefined;

  constructor(standard: ConnectionType, context: Omit<ConnectContext, "forger">) {
    this.standard = standard;
    this.#context = {
      ...context,
      forger: () => this.#forger ??= new Forger(context.reactor, context),
    };
  }

  /** The type of that name. Throws a {@linkcode Failure} when there is none. */
  type(name: string): ConnectionType {
    return name === this.standard.name ? this.standard : connectionTypeNamed(name);
  }

  /** Makes a type ready, if it is not. Throws a {@linkcode Failure} when this host cannot. */
  open(type: ConnectionType): Connects {
    let connects = this.#open.get(type.name);
    if (connects === undefined) {
      connects = type.open(this.#context);
      this.#open.set(type.name, connects);
    }
    return connects;
  }

  /** Ends what is under way. */
  close(): void {
    for (const connects of this.#open.values()) connects.close();
    this.#forger?.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
