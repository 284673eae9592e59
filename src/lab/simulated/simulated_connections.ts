import type { ConnectContext, ConnectionType, Connects } from "../../connect/connection_type.ts";
import { connectionTypeNamed } from "../../connect/registry.ts";
import type { Endpoint } from "../../contract/job.ts";
import type { PacketSpec } from "../../contract/packet.ts";
import type { ArmContext } from "../../measure/run_arm.ts";
import type { ClientHost } from "./client_host.ts";
import { SimulatedDials } from "./dials.ts";
import type { VirtualClock } from "./virtual_clock.ts";

/** The connection types of a simulated host: their own code, over simulated sockets. */
export class SimulatedConnections {
  readonly standard: ConnectionType;
  readonly #host: ClientHost;
  readonly #context: ConnectContext;
  readonly #open = new Map<string, Connects>();

  constructor(standard: ConnectionType, host: ClientHost) {
    this.standard = onClock(standard, host.clock);
    this.#host = host;
    const forger = {
      local: (remote: Endpoint, _protocol: number, _mark?: number, port?: number) =>
        host.local(remote, port),
      send: (packet: PacketSpec) => this.#forge(packet),
    };
    const context = {
      interface: null,
      ecnMark: () => 0,
      forger: () => forger,
      dials: new SimulatedDials(host),
    };
    // There is no reactor: what would need it is what `dials` stands for
    this.#context = context as unknown as ConnectContext;
  }

  type(name: string): ConnectionType {
    return name === this.standard.name
      ? this.standard
      : onClock(connectionTypeNamed(name), this.#host.clock);
  }

  open(type: ConnectionType): Connects {
    let connects = this.#open.get(type.name);
    if (connects === undefined) {
      connects = type.open(this.#context);
      this.#open.set(type.name, connects);
    }
    return connects;
  }

  readonly check: ArmContext["connections"][number]["check"] = () => {}; // it has no namespace to come from

  close(): void {
    for (const connects of this.#open.values()) connects.close();
  }

  /** Sends a packet at once, but not before its sender knows that it will. */
  #forge(packet: PacketSpec): Promise<number> {
    return new Promise((resolve) =>
      this.#host.clock.after(0, () => {
        this.#host.send(packet);
        resolve(0);
      })
    );
  }
}

/** A connection type whose records have the times of a clock. */
function onClock(type: ConnectionType, clock: VirtualClock): ConnectionType {
  const { settle } = type;
  return {
    ...type,
    open(context) {
      const { connect, close } = type.open(context);
      return {
        close,
        async connect(request) {
          const start = clock.wall;
          const onLocal: typeof request.onLocal = (local, protocol, _since, to) =>
            request.onLocal?.(local, protocol, start, to);
          return { ...await connect({ ...request, onLocal }), start, stop: clock.wall };
        },
      };
    },
    ...(settle === undefined ? {} : {
      settle: (connection, flow) => ({ ...settle(connection, flow), stop: clock.wall }),
    }),
  };
}
