import type { ConnectionType } from "../connect/connection_type.ts";
import type { OptionValues } from "../contract/option.ts";
import type { Target } from "../contract/job.ts";
import type { SpiderOf } from "../contract/spider.ts";
import { EcnRoute } from "../host/ecn_route.ts";
import type { RouteChange } from "../host/netlink/route.ts";
import type { Interface } from "../host/interface.ts";
import type { Journal } from "../host/journal.ts";
import type { Changes } from "../host/link_watch.ts";
import type { Reactor } from "../host/reactor.ts";
import { type Phase, phasesOf } from "./arm_phases.ts";
import { armsOf } from "./arms.ts";
import { Connections } from "./connections.ts";
import { Isolated } from "./isolated.ts";
import { Phases } from "./phases.ts";
import { Free, type Schedule } from "./schedule.ts";
import { SystemTurns } from "./system_turns.ts";

/** What decides how the arms are set up. */
export interface SetupOptions {
  readonly spider: SpiderOf<Target>;
  readonly spiderOptions: OptionValues;
  readonly connect: ConnectionType;
  /**
   * The interface that is watched. Null leaves the choice to the kernel, which only a spider that
   * watches nothing can do.
   */
  readonly device: Interface | null;
  /** Whether sockets are bound to it, as the kernel would not do: only where it was asked for by name. */
  readonly bind: boolean;
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
  readonly #isolated: Isolated | null;
  #ecnRoute: EcnRoute | undefined;

  /** Throws a `Failure` when the host cannot be set up so. */
  constructor(reactor: Reactor, options: SetupOptions) {
    const { spider, spiderOptions, connect, device, journal, sources } = options;
    const bound = options.bind ? device : null;
    const arms = armsOf(spider, spiderOptions);
    const phases = phasesOf(arms, connect);
    const context: ConstructorParameters<typeof Connections>[1] = {
      reactor,
      interface: bound?.name ?? null,
      ...(sources === undefined ? {} : { sources }),
      ecnMark: (family) => {
        this.#ecnRoute ??= EcnRoute.open(bound, journal);
        return this.#ecnRoute.markFor(family);
      },
    };
    this.#isolated = options.isolate ? Isolated.open(spider, phases, device, journal) : null;
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

  /** Hears of a route that has changed just now. */
  follow(change: RouteChange): void {
    this.#ecnRoute?.follow(change);
    this.#isolated?.follow(change);
  }

  /** Throws a `Failure` when the host is no longer as it was set up. */
  check(changes: Changes): void {
    this.#ecnRoute?.check(changes);
    this.#isolated?.check(changes);
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
