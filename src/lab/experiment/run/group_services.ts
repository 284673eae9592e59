import type { PlacedCommand } from "../../../contract/environment.ts";
import type { Peer, Service } from "../../../contract/service.ts";
import { Failure } from "../../../host/failure.ts";
import { programPath } from "../../../host/program_path.ts";
import { writing } from "../../../host/writing.ts";
import type { Certificate } from "../../service/certificate.ts";
import { addressesOf, peersOf } from "../../service/peers.ts";
import { asked, RunningService } from "../../service/running.ts";
import type { GroupPlan, PlannedIut, PlannedWrapper } from "../plan/experiment_plan.ts";
import type { EventBus } from "./events.ts";
import { filesIn } from "./kept_files.ts";
import { namespaceOf, type Placer } from "./placer.ts";
import { secondsSince } from "./state_clock.ts";

/** How long a wrapped service may take to end, in milliseconds: then a leak check or a profile is made. */
const WRAPPED_FAREWELL = 30_000;
/** Lines of a log that are kept for the causes of a failure. */
const LAST_LINES = 8;

/** Where the services of a group run. */
export interface ServicePlaces {
  readonly plan: GroupPlan;
  /** A folder in which each has one of its own. */
  readonly folder: string;
  readonly certificate: Certificate;
  readonly placer: Placer;
  readonly bus: EventBus;
  /** The test that events belong to. */
  readonly test: string;
}

/** How a service has fared. */
export interface ServiceFate {
  readonly name: string;
  /** Why it was gone before it was told to end, as a sentence; null where it was not. */
  readonly problem: string | null;
  readonly lastLines: readonly string[];
  readonly log: string;
}

/** The services under test of a group. */
export class GroupServices {
  readonly #places: ServicePlaces;
  readonly #running = new Map<string, RunningService>();
  readonly #fates: ServiceFate[] = [];
  /** What wrappers summed up, by service and environment. */
  readonly wrapped: Record<string, Record<string, number | string>> = {};

  constructor(places: ServicePlaces) {
    this.#places = places;
  }

  /** Names of those that run. */
  get running(): readonly string[] {
    return [...this.#running.keys()];
  }

  /**
   * Starts services, each when those are ready that it depends on.
   *
   * @param names which; all when undefined
   * @throws {Failure} when one that is critical cannot be started
   */
  async start(names: readonly string[] | undefined, signal: AbortSignal): Promise<void> {
    for (const one of this.#places.plan.services) {
      if (names !== undefined && !names.includes(one.name)) continue;
      if (this.#running.has(one.name) || signal.aborted) continue;
      await this.ready(one.dependsOn, signal);
      this.#start(one);
    }
  }

  /**
   * Waits until services are ready.
   *
   * @throws {Failure} when one that is critical ends before, or is not ready in time
   */
  async ready(names: readonly string[] | undefined, signal: AbortSignal): Promise<void> {
    const { plan, bus, test } = this.#places;
    await Promise.all(plan.services.map(async ({ name, critical }) => {
      const service = this.#running.get(name);
      if (service === undefined || (names !== undefined && !names.includes(name))) return;
      const began = performance.now();
      try {
        await service.ready(signal);
        bus.emit("service.ready", { seconds: secondsSince(began) }, { test, service: name });
      } catch (error) {
        if (critical || !(error instanceof Failure)) throw error;
        await this.#stop(name);
      }
    }));
  }

  /** Ends services, the last one first. */
  async stop(names?: readonly string[]): Promise<void> {
    for (const name of this.running.toReversed()) {
      if (names === undefined || names.includes(name)) await this.#stop(name);
    }
  }

  /** How all fared that were started; those that run are looked at as they are. */
  fates(): readonly ServiceFate[] {
    return [
      ...this.#fates,
      ...[...this.#running].map(([name, service]) => ({
        name,
        problem: service.isRunning ? null : `The service ${name} has ended by itself.`,
        lastLines: service.log.last(LAST_LINES),
        log: service.log.path,
      })),
    ];
  }

  #start(one: PlannedIut): void {
    const { plan, bus, test, certificate } = this.#places;
    const { service, ports } = one.planned;
    const { name } = one;
    const wrappers = plan.wrappers.filter(({ services }) => services.includes(name));
    for (const { environment } of wrappers) checkInstalled(environment.name, environment);
    if (one.image === null) checkInstalled(service.name, service);
    const folder = `${this.#places.folder}/${name}`;
    writing(folder, () => Deno.mkdirSync(folder, { recursive: true }));
    const place = (command: PlacedCommand) => {
      const wrapped = this.#wrapped(command, wrappers, folder);
      const { host, image } = one;
      const placed = this.#places.placer.place(wrapped, { name, host, folder, image });
      bus.emit("service.starting", { command: placed.words }, { test, service: name });
      return placed;
    };
    const running = new RunningService(one.planned, {
      called: name,
      folder,
      certificate,
      namespace: namespaceOf(plan, one.host),
      ownProgram: one.image === null,
      place,
      peers: peersIn(plan, name, service),
      ...stopOf(wrappers),
      ...(wrappers.length === 0 ? {} : { farewell: WRAPPED_FAREWELL }),
    });
    this.#running.set(name, running);
    const events = Object.entries(service.events ?? {}).map(([event, pattern]) =>
      [event, new RegExp(pattern)] as const
    );
    running.log.watch((line) => {
      for (const [event, pattern] of events) {
        if (!pattern.test(line)) continue;
        const protocol = ports[0]?.protocol ?? service.speaks[0]!.protocol;
        bus.emit("protocol.event", { protocol, event, line }, { test, service: name });
      }
    });
  }

  #wrapped(
    command: PlacedCommand,
    wrappers: readonly PlannedWrapper[],
    folder: string,
  ): PlacedCommand {
    return wrappers.reduce((inner, { environment, options }) => {
      const own = wrapperFolder(folder, environment.name);
      writing(own, () => Deno.mkdirSync(own, { recursive: true }));
      return asked(
        environment.name,
        () => environment.wrap({ ...inner, service: command.words }, own, options),
      );
    }, command);
  }

  async #stop(name: string): Promise<void> {
    const { plan, bus, test } = this.#places;
    const service = this.#running.get(name)!;
    this.#running.delete(name);
    const hasDied = !service.isRunning;
    const problem = await service.stop();
    bus.emit("service.stopped", { problem }, { test, service: name });
    const lastLines = service.log.last(LAST_LINES);
    // One that is slow to end, with connections that hang, has served until then
    this.#fates.push({ name, problem: hasDied ? problem : null, lastLines, log: service.log.path });
    for (const { environment, services } of plan.wrappers) {
      if (!services.includes(name)) continue;
      const folder = wrapperFolder(`${this.#places.folder}/${name}`, environment.name);
      const files = filesIn(folder);
      const summary = asked(
        environment.name,
        () => environment.summarize?.({ folder, files }) ?? {},
      );
      this.wrapped[`${name} ${environment.name}`] = { ...summary };
      bus.emit("environment.output", { environment: environment.name, summary }, {
        test,
        service: name,
      });
    }
  }
}

/** What a service of a group is told of the others. */
export function peersIn({ services, lab }: GroupPlan, called: string, service: Service): Peer[] {
  const addresses = (host: string) => {
    const node = lab?.nodes.find(({ name }) => name === host);
    return node === undefined ? ["127.0.0.1", "::1"] : addressesOf(node);
  };
  const others = services.filter(({ name }) => name !== called);
  return peersOf(
    service,
    others.map(({ name, host, planned }) => ({ name, planned, addresses: addresses(host) })),
  );
}

/** The folder into which an environment writes, of those that wrap a service. */
function wrapperFolder(service: string, environment: string): string {
  return `${service}/${environment}`;
}

/** The signal with which wrapped services end so that the wrappers write everything. */
function stopOf(wrappers: readonly PlannedWrapper[]) {
  const stop = wrappers.map(({ environment }) => environment.stop).find((one) => one !== undefined);
  return stop === undefined ? {} : { stop };
}

/**
 * Checks that the program of a plugin is there.
 *
 * @throws {Failure} when it is not
 */
export function checkInstalled(
  name: string,
  { program = "", package: from }: { readonly program?: string; readonly package?: string },
): void {
  if (programPath(program) !== null) return;
  throw new Failure(
    `${name} takes ${program}, which is not installed` +
      (from === undefined ? "" : `: install ${from}`),
  );
}
