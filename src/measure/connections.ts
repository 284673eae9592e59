import type { ConnectContext, ConnectionType, Connects } from "../connect/connection_type.ts";
import { Forger } from "../connect/transport/forger.ts";
import { connectionTypeNamed } from "../connect/registry.ts";
import type { Connection } from "../contract/connection.ts";
import { Failure } from "../host/failure.ts";

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

  /**
   * Checks that a connection came from the namespace that it is to come from, which a type could
   * ignore: the arm would then measure nothing. Throws a {@linkcode Failure} when it did not.
   */
  check({ local }: Connection, { name }: ConnectionType): void {
    const ports = this.#context.namespace?.ports;
    if (ports === undefined || local === null) return;
    if (local.port >= ports.first && local.port <= ports.last) return;
    throw new Failure(
      `connections of the type ${name} do not open their sockets in a namespace: leave out --isolate`,
    );
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
