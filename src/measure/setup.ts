import type { ConnectionType } from "../connect/connection_type.ts";
import type { MergedFlow } from "../contract/flow.ts";
import type { Target } from "../contract/job.ts";
import type { OptionValues } from "../contract/option.ts";
import type { SpiderOf } from "../contract/spider.ts";
import type { CaptureCounts } from "../host/capture.ts";
import { EcnRoute } from "../host/ecn_route.ts";
import type { Interface } from "../host/interface.ts";
import type { Journal } from "../host/journal.ts";
import { LinkWatch } from "../host/link_watch.ts";
import { nameServers } from "../host/name_servers.ts";
import type { PortRange } from "../host/port_range.ts";
import type { Reactor } from "../host/reactor.ts";
import { staysOnTheWay, staysUsable } from "../host/still_usable.ts";
import { ConcurrencyLimit } from "../target/concurrency_limit.ts";
import { Pace } from "../target/pace.ts";
import { armsOf } from "./arms.ts";
import { judgeOf } from "./conclude.ts";
import { Connections } from "./connections.ts";
import type { MeasureContext } from "./context.ts";
import { confirmingSets } from "./flow_budget.ts";
import { ArmOrder } from "./evidence/order.ts";
import { Isolated } from "./isolated.ts";
import { LoopClock } from "./loop_clock.ts";
import { RunObservation } from "./observation.ts";
import { PhasedSchedule } from "./schedule/phased.ts";
import { namedPhases, phasesOf, placed } from "./schedule/phases.ts";
import type { Schedule } from "./schedule/schedule.ts";
import { SystemPhases } from "./schedule/system_phases.ts";
import { WorkerPool } from "./schedule/worker_pool.ts";
import { emptyTally } from "./tally.ts";
import { ConditionNames } from "./condition_names.ts";

/** How a run is made. */
export interface SetupOptions {
  readonly spider: SpiderOf<Target>;
  readonly spiderOptions: OptionValues;
  readonly connect: ConnectionType;
  /**
   * The interface that is watched. Null leaves the choice to the kernel; only for a spider that
   * watches nothing.
   */
  readonly device: Interface | null;
  /** Further interfaces that answers come in on. */
  readonly further?: readonly Interface[];
  /** Whether sockets are bound to it: only where the user named it. */
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
  /** Sets of flows started a second, one flow of each arm; undefined for no limit. */
  readonly rate: number | undefined;
  /** Seed of the order of arms, a whole number from 0 to 2^32 - 1. */
  readonly seed: number;
  /** How often each target is measured. */
  readonly repeat: number;
  /** Put the arms' records into the results. */
  readonly outputFlows: boolean;
  /** Local ports that something else of this program sends from; none when missing. */
  readonly avoided?: PortRange;
}

/** What a run needs of this host: routes, namespaces, a capture, connections, and the schedule. */
export class Setup implements Disposable {
  readonly tally = emptyTally();
  readonly reactor: Reactor;
  readonly options: SetupOptions;
  readonly context: MeasureContext;
  readonly schedule: Schedule;
  readonly #stack = new DisposableStack();
  readonly #broke = new AbortController();
  readonly #closing = new AbortController();
  readonly #background = new Set<Promise<unknown>>();
  readonly #isolated: Isolated | null;
  /** Null for a spider that does not watch packets. */
  readonly #observation: RunObservation | null;
  #ecnRoute: EcnRoute | undefined;

  /** Throws a `Failure` when the host cannot be set up so, or the interface cannot be captured on. */
  constructor(reactor: Reactor, options: SetupOptions) {
    const { spider, spiderOptions, connect, device, journal, workers } = options;
    this.reactor = reactor;
    this.options = options;
    const arms = armsOf(spider, spiderOptions);
    const phases = phasesOf(arms, connect);
    this.#stack.defer(() => this.#ecnRoute?.close());
    try {
      this.#isolated = options.isolate ? Isolated.open(phases, device, journal) : null;
      if (this.#isolated !== null) this.#stack.use(this.#isolated);
      const order = new ArmOrder(options.seed);
      const isolated = this.#isolated !== null;
      this.#observation = spider.observe === false ? null : this.#stack.use(
        new RunObservation(reactor, { ...options, arms, isolated: this.#ports() }),
      );
      const conditionNames = new ConditionNames(spider, spiderOptions);
      this.context = {
        ...options,
        arms,
        phases: isolated ? [{ system: undefined, arms: placed(arms) }] : phases,
        order,
        clock: new LoopClock(reactor),
        conditionNames,
        judge: judgeOf({ arms, spider, spiderOptions, conditionNames }),
        pace: new Pace(options.rate),
        closing: this.#closing.signal,
        confirming: new ConcurrencyLimit(confirmingSets(workers, arms.length)),
        // A namespace has ports of its own, and a connection that a forged packet opened may never
        // be closed
        sharesPorts: !isolated && connect.settle === undefined,
        connections: this.#connections(arms.length),
        watcher: this.#observation?.watcher ?? null,
        nameServers: nameServers(),
        background: (work) => this.#inBackground(work),
      };
      this.schedule = this.#makeSchedule(order);
      if (device !== null) this.#stack.use(this.#watchLinks());
    } catch (error) {
      this.#stack.dispose();
      throw error;
    }
  }

  /** Aborts with the error that ends the run, when a background task has failed. */
  get broke(): AbortSignal {
    return this.#broke.signal;
  }

  /** Whether an end now would abort what is in flight, instead of finishing it. */
  get givesUp(): boolean {
    return this.schedule.givesUp;
  }

  /** What libpcap counted so far. */
  captureCounts(): CaptureCounts {
    return this.#observation?.watcher.counts() ?? { received: 0, dropped: 0, interfaceDropped: 0 };
  }

  /** Checks the flows of a target for signs that answers arrive elsewhere. */
  note(flows: readonly MergedFlow[]): void {
    for (const flow of flows) this.#observation?.note(flow);
  }

  /** Waits for searches that are under way, which may give a last warning. */
  async finish(): Promise<void> {
    await this.#observation?.finish();
  }

  /** Called with warnings about the host for the user. */
  set onWarning(warn: (text: string) => void) {
    if (this.#observation !== null) this.#observation.onWarning = warn;
  }

  /** Restores what an arm has set for the host, as far as that can be done without waiting. */
  leaveAtOnce(): void {
    this.schedule.close().catch(() => {}); // the journal restores what is ours
  }

  /** Ends every connection that is under way, and waits for background tasks. */
  async cancel(): Promise<void> {
    this.#closing.abort();
    this.#cancelConnections();
    await Promise.all(this.#background);
  }

  /** Ends the capture and removes what was made for the run. Phases are left by the schedule. */
  close(): void {
    this.#stack.dispose();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #cancelConnections(): void {
    for (const connections of this.context.connections as readonly Connections[]) {
      connections.close();
    }
  }

  #inBackground(work: Promise<unknown>): void {
    const kept: Promise<unknown> = work
      .catch((error) => this.#broke.abort(error))
      .finally(() => this.#background.delete(kept));
    this.#background.add(kept);
  }

  /** By the position of each arm in the spider's list. */
  #connections(arms: number): readonly Connections[] {
    const { connect, device, bind, journal, sources } = this.options;
    const bound = bind ? device : null;
    const context: ConstructorParameters<typeof Connections>[1] = {
      reactor: this.reactor,
      interface: bound?.name ?? null,
      // The local ports of a namespace are one of its settings
      ...(this.#observation === null || this.#isolated !== null
        ? {}
        : { ports: this.#observation.ports }),
      ...(sources === undefined ? {} : { sources }),
      ecnMark: (family) => {
        this.#ecnRoute ??= EcnRoute.open(bound, journal);
        return this.#ecnRoute.markFor(family);
      },
    };
    const shared = new Connections(connect, context);
    return this.#isolated?.namespaces
      .map((namespace) => new Connections(connect, { ...context, namespace })) ??
      Array.from({ length: arms }, () => shared);
  }

  #makeSchedule(order: ArmOrder): Schedule {
    const { spider, spiderOptions, journal, workers, timeoutMs } = this.options;
    const { phases } = this.context;
    const states = phases.map(({ system }) => system);
    if (states.every((state) => state === undefined)) return new WorkerPool(workers);
    const named = namedPhases(phases);
    return new PhasedSchedule({
      order: (batch) => order.of(named, 0, batch).map(({ name }) => Number(name)),
      states: new SystemPhases(spider, spiderOptions, states, journal),
      workers,
      timeoutMs,
      cancel: () => this.#cancelConnections(),
    });
  }

  /** The interfaces that are measured on. */
  get #devices(): readonly Interface[] {
    const { device, further = [] } = this.options;
    return device === null ? [] : [device, ...further];
  }

  /** Ports of the namespaces that arms have. */
  #ports(): readonly PortRange[] {
    return this.#isolated?.namespaces.map(({ ports }) => ports) ?? [];
  }

  #watchLinks(): LinkWatch {
    const { bind, sources } = this.options;
    const checks = [
      staysUsable(this.#devices),
      ...(bind ? [] : [staysOnTheWay(this.#devices, sources)]),
    ];
    return new LinkWatch(this.reactor, {
      route: (change) => {
        this.#ecnRoute?.follow(change);
        this.#isolated?.follow(change);
      },
      changed: (changes) => {
        for (const check of checks) check(changes);
        this.#ecnRoute?.check(changes);
        this.#isolated?.check(changes);
      },
    });
  }
}
