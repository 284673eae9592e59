import type { SystemState } from "../../contract/arm.ts";
import type { Target } from "../../contract/job.ts";
import type { SpiderOf } from "../../contract/spider.ts";
import { armsOf } from "../../measure/arms.ts";
import { judgeOf } from "../../measure/conclude.ts";
import { ConditionNames } from "../../measure/condition_names.ts";
import type { MeasureContext } from "../../measure/context.ts";
import { ArmOrder } from "../../measure/evidence/order.ts";
import type { MeasureSetup } from "../../measure/measure.ts";
import { chainsOf } from "../../measure/observation.ts";
import { PhasedSchedule, type PhaseStates } from "../../measure/schedule/phased.ts";
import { namedPhases, type Phase, phasesOf } from "../../measure/schedule/phases.ts";
import type { Schedule } from "../../measure/schedule/schedule.ts";
import { WorkerPool } from "../../measure/schedule/worker_pool.ts";
import { emptyTally } from "../../measure/tally.ts";
import { ConcurrencyLimit } from "../../target/concurrency_limit.ts";
import { Pace } from "../../target/pace.ts";
import { seeded } from "../box/random.ts";
import { ClientHost } from "./client_host.ts";
import { heldSpider } from "./held_spider.ts";
import { boxesTowards } from "./boxes_towards.ts";
import { Network, type Way } from "./network.ts";
import { ServerHost } from "./server_host.ts";
import { SimulatedConnections } from "./simulated_connections.ts";
import type { SimulatedRun } from "./simulated_run.ts";
import { SimulatedWatcher } from "./simulated_watcher.ts";
import { VirtualClock } from "./virtual_clock.ts";

/**
 * Targets in flight at once. More of them save no time on this clock, and keep what belongs to each for
 * longer than the collector takes to be cheap.
 */
const WORKERS = 32;
/** Sets of flows that may be open at once to confirm what was found. */
const CONFIRMING = 8 * WORKERS;
/** The stream of random numbers that sequence numbers come from. */
const SEQUENCES = -2;

/** What stands for this host and its network in a measurement. */
export class SimulatedSetup implements MeasureSetup {
  readonly tally = emptyTally();
  readonly reactor: VirtualClock;
  readonly options: MeasureSetup["options"];
  readonly context: MeasureContext;
  readonly schedule: Schedule;
  onWarning: (text: string) => void = () => {};
  readonly #broke = new AbortController();
  readonly #closing = new AbortController();
  readonly #background = new Set<Promise<unknown>>();
  readonly #connections: SimulatedConnections;

  constructor(request: SimulatedRun) {
    const { spiderOptions, connect, seed, timeoutMs } = request;
    const clock = this.reactor = new VirtualClock();
    const spider: SpiderOf<Target> = heldSpider(request.spider, clock);
    this.options = { spider, spiderOptions, connect, device: null };
    const arms = armsOf(spider, spiderOptions);
    const watcher = spider.observe === false
      ? null
      : new SimulatedWatcher(clock, chainsOf(spider, arms, connect));
    const host = hostOf(request, clock, (octets) => watcher?.see(octets));
    this.#connections = new SimulatedConnections(connect, host);
    const conditionNames = new ConditionNames(spider, spiderOptions);
    const order = new ArmOrder(seed);
    const phases = phasesOf(arms, connect);
    this.context = {
      spider,
      spiderOptions,
      timeoutMs,
      arms,
      phases,
      order,
      clock,
      conditionNames,
      judge: judgeOf({ arms, spider, spiderOptions, conditionNames }),
      pace: new Pace(undefined),
      closing: this.#closing.signal,
      confirming: new ConcurrencyLimit(CONFIRMING),
      sharesPorts: connect.settle === undefined,
      connections: arms.map(() => this.#connections),
      watcher,
      nameServers: [],
      outputFlows: true,
      repeat: 1,
      background: (work) => this.#inBackground(work),
    };
    this.schedule = this.#makeSchedule(phases, host);
  }

  get broke(): AbortSignal {
    return this.#broke.signal;
  }

  /** Answers come in nowhere else. */
  note(): void {}

  async cancel(): Promise<void> {
    this.#closing.abort();
    this.#connections.close();
    await Promise.all(this.#background);
  }

  finish(): Promise<void> {
    return Promise.resolve();
  }

  #inBackground(work: Promise<unknown>): void {
    const kept: Promise<unknown> = work
      .catch((error) => this.#broke.abort(error))
      .finally(() => this.#background.delete(kept));
    this.#background.add(kept);
  }

  #makeSchedule(phases: readonly Phase[], host: ClientHost): Schedule {
    const { order, timeoutMs, clock } = this.context;
    const states = phases.map(({ system }) => system);
    if (states.every((state) => state === undefined)) return new WorkerPool(WORKERS);
    const named = namedPhases(phases);
    return new PhasedSchedule({
      order: (batch) => order.of(named, 0, batch).map(({ name }) => Number(name)),
      states: new SimulatedPhases(states, host),
      workers: WORKERS,
      timeoutMs,
      clock,
      cancel: () => this.#connections.close(),
    });
  }
}

/** Sets a simulated host up for each phase's arms. */
class SimulatedPhases implements PhaseStates {
  readonly #states: readonly (SystemState | undefined)[];
  readonly #host: ClientHost;

  constructor(states: readonly (SystemState | undefined)[], host: ClientHost) {
    this.#states = states;
    this.#host = host;
  }

  enter(phase: number): Promise<void> {
    this.#host.set(this.#states[phase]?.sysctls ?? {});
    return Promise.resolve();
  }

  leave(): Promise<void> {
    this.#host.set({});
    return Promise.resolve();
  }

  close(): Promise<void> {
    return this.leave();
  }
}

/** The host that measures, with a way to every target. */
function hostOf(
  { seed, link, fault, boxesFor, server, sources }: SimulatedRun,
  clock: VirtualClock,
  seen: (octets: Uint8Array) => void,
): ClientHost {
  const network = new Network({ clock, seed, link, fault });
  const random = seeded(seed, SEQUENCES);
  const randomNumber = () => Math.floor(random() * 2 ** 32);
  const ways = new Map<string, Way>();
  const host: ClientHost = new ClientHost({
    clock,
    sources,
    seen,
    randomNumber,
    way: (address) => {
      let way = ways.get(address);
      if (way === undefined) {
        const send = (octets: Uint8Array<ArrayBuffer>) => way!.reverse(octets);
        const routers = boxesTowards(address, boxesFor);
        const hops = routers.length;
        const behind = new ServerHost({ clock, server, seed, hops, send, randomNumber });
        way = network.way(routers, [
          (octets) => host.arrived(octets, address),
          (octets) => behind.arrived(octets),
        ]);
        ways.set(address, way);
      }
      return way;
    },
  });
  return host;
}
