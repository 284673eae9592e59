import type { ConnectionType } from "../connect/connection_type.ts";
import type { OptionValues } from "../contract/option.ts";
import type { Target } from "../contract/job.ts";
import type { SpiderOf } from "../contract/spider.ts";
import { EcnRoute } from "../host/ecn_route.ts";
import { Failure } from "../host/failure.ts";
import type { Interface } from "../host/interface.ts";
import type { Journal } from "../host/journal.ts";
import type { Reactor } from "../host/reactor.ts";
import type { OwnPackets } from "../observe/own_packets.ts";
import type { RunPorts } from "../connect/run_ports.ts";
import { type Phase, phasesOf } from "./arm_phases.ts";
import { armsOf } from "./arms.ts";
import { Connections } from "./connections.ts";
import { Isolated } from "./isolated.ts";
import { Phases } from "./phases.ts";
import { runPackets } from "./run_packets.ts";
import { Free, type Schedule } from "./schedule.ts";
import { SystemTurns } from "./system_turns.ts";

/** What decides how the arms are set up. */
export interface SetupOptions {
  readonly spider: SpiderOf<Target>;
  readonly spiderOptions: OptionValues;
  readonly connect: ConnectionType;
  /**
   * The interface that everything leaves through and is watched on. Null leaves the choice to the
   * kernel, which only a spider that watches nothing can do.
   */
  readonly device: Interface | null;
  /** Further interfaces that answers come in on; with any, no socket is bound to an interface. */
  readonly further?: readonly Interface[];
  /** Where changes to the system are noted. */
  readonly journal: Journal;
  /** Targets in flight at once. */
  readonly workers: number;
  readonly timeoutMs: number;
  /** The addresses to send from, by IP version; where one is missing the kernel chooses. */
  readonly sources?: { readonly 4?: string; readonly 6?: string };
  /** Give arms that set the system network namespaces of their own. */
  readonly isolate: boolean;
}

/** What a run's arms need of the host: routes, namespaces, turns, and connections that use them. */
export class Setup implements Disposable {
  readonly phases: readonly Phase[];
  readonly schedule: Schedule;
  /** By the position of each arm in the spider's list. */
  readonly connections: readonly Connections[];
  /** The local ports of what is watched, and what a capture has to keep; null when nothing is. */
  readonly packets: { readonly ports: RunPorts; readonly own: OwnPackets } | null;
  readonly #isolated: Isolated | null;
  #ecnRoute: EcnRoute | undefined;

  /** Throws a `Failure` when the host cannot be set up so. */
  constructor(reactor: Reactor, options: SetupOptions) {
    const { spider, spiderOptions, connect, device, journal, sources } = options;
    const arms = armsOf(spider, spiderOptions);
    const phases = phasesOf(arms, connect);
    const several = (options.further ?? []).length > 0;
    this.#isolated = options.isolate ? Isolated.open(spider, phases, device, journal) : null;
    const isolated = this.#isolated?.namespaces.map(({ ports }) => ports) ?? [];
    this.packets = spider.observe === false
      ? null
      : runPackets({ arms, connect, workers: options.workers, isolated });
    const context: ConstructorParameters<typeof Connections>[1] = {
      reactor,
      interface: several ? null : device?.name ?? null,
      // A namespace's own ports are a setting of it
      ...(this.packets === null || this.#isolated !== null ? {} : { ports: this.packets.ports }),
      ...(sources === undefined ? {} : { sources }),
      ecnMark: (family) => {
        if (device === null) {
          throw new Failure("An arm asks for ECN, which needs a route: name its --interface.");
        }
        this.#ecnRoute ??= EcnRoute.open(device.name, journal);
        return this.#ecnRoute.markFor(family);
      },
    };
    this.phases = this.#isolated === null ? phases : [{
      system: undefined,
      arms: arms.map((arm, config) => ({ arm, config })),
    }];
    const shared = new Connections(connect, context);
    this.connections = this.#isolated?.namespaces
      .map((namespace) => new Connections(connect, { ...context, namespace })) ??
      arms.map(() => shared);
    this.schedule = this.#makeSchedule(options);
  }

  /** Throws a `Failure` when the host is no longer as it was set up. */
  check(): void {
    this.#ecnRoute?.check();
    this.#isolated?.check();
  }

  /** Ends what is under way. */
  cancel(): void {
    for (const connections of this.connections) connections.close();
  }

  /** Takes back what was made for the run. Turns are taken back by the schedule. */
  close(): void {
    this.#ecnRoute?.close();
    this.#isolated?.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #makeSchedule({ spider, spiderOptions, journal, workers, timeoutMs }: SetupOptions): Schedule {
    const states = this.phases.map(({ system }) => system);
    if (states.every((state) => state === undefined)) return new Free(workers);
    return new Phases({
      phases: states.length,
      turns: new SystemTurns(spider, spiderOptions, states, journal),
      workers,
      timeoutMs,
      cancel: () => this.cancel(),
    });
  }
}
