import { Failure } from "../../host/failure.ts";
import { Journal } from "../../host/journal.ts";
import type { Config } from "../config/schema.ts";
import type { HostParts } from "./bundled_host.ts";
import { MountedEndpoint } from "./mounted_endpoint.ts";
import { type PlannedEndpoint, plannedEndpoints } from "./plan.ts";

/** What endpoints work with. */
export type EndpointsParts = Pick<HostParts, "sessions" | "log" | "place">;

/** An endpoint, and what follows its route in a path. */
export interface Reached {
  readonly mounted: MountedEndpoint;
  readonly rest: string;
}

/** All endpoints of a server. */
export class Endpoints {
  readonly #parts: EndpointsParts;
  readonly #journal = Journal.whenNeeded();
  /** First parts of paths that are the server's own. */
  #reserved: ReadonlySet<string> = new Set();
  #mounted: readonly MountedEndpoint[] = [];
  #isReady = false;
  #ready: Promise<void> = Promise.resolve();
  /** Changes of the configuration, one after the other; never rejects. */
  #changes: Promise<void> = Promise.resolve();
  /** Ends of those that no configuration wants any more. */
  readonly #ending = new Set<Promise<void>>();

  constructor(parts: EndpointsParts) {
    this.#parts = parts;
  }

  /**
   * Finds out what the configuration wants.
   *
   * @param reserved first parts of paths that are the server's own
   * @throws {Failure} where that contradicts itself
   */
  plan(config: Config, reserved: ReadonlySet<string>): void {
    this.#reserved = reserved;
    this.#mounted = plannedEndpoints(config, reserved).map((planned) =>
      this.#mount(planned, config)
    );
  }

  /** Begins to load what is planned; see {@linkcode Endpoints.ready}. */
  start(): void {
    this.#ready = this.#loadAll();
    this.#ready.then(() => this.#isReady = true, () => {}); // whoever waits is told
  }

  /** Whether all have been loaded. */
  get isReady(): boolean {
    return this.#isReady;
  }

  /** Fulfilled when all are loaded; rejects with a {@linkcode Failure} where one cannot be. */
  get ready(): Promise<void> {
    return this.#ready;
  }

  /** In the order of their names. */
  get all(): readonly MountedEndpoint[] {
    return this.#mounted.toSorted((a, b) => a.planned.name < b.planned.name ? -1 : 1);
  }

  /** The one of a name. */
  named(name: string): MountedEndpoint | null {
    return this.#mounted.find(({ planned }) => planned.name === name) ?? null;
  }

  /** The one whose route a path is, or is below; null for none. */
  at(path: string): Reached | null {
    let best: Reached | null = null;
    for (const mounted of this.#mounted) {
      const { route } = mounted.planned;
      const isBetter = route.length > (best?.mounted.planned.route.length ?? 0);
      if (isBetter && (path === route || path.startsWith(`${route}/`))) {
        best = { mounted, rest: path.slice(route.length + 1) };
      }
    }
    return best;
  }

  /**
   * Takes another configuration: what it changes is loaded anew, the rest stays as it is. One that cannot
   * be loaded is told of in the log, and what was there in its name goes on.
   *
   * @returns fulfilled when all that can be loaded is
   * @throws {Failure} where that contradicts itself; nothing has changed then
   */
  change(config: Config): Promise<void> {
    const planned = plannedEndpoints(config, this.#reserved);
    this.#changes = this.#changes.then(() => this.#replace(planned, config));
    return this.#changes;
  }

  /** Ends all, without waiting for their requests. */
  async close(): Promise<void> {
    await Promise.all([this.#ready.catch(() => {}), this.#changes]); // whoever waits is told
    await Promise.all([...this.#mounted.map((one) => one.unload(0)), ...this.#ending]);
    this.#journal.close();
  }

  async #replace(planned: readonly PlannedEndpoint[], config: Config): Promise<void> {
    const next = await Promise.all(planned.map(async (one) => {
      const old = this.named(one.name);
      if (old !== null && isSame(old.planned, one)) return old;
      const fresh = this.#mount(one, config);
      try {
        await fresh.load();
        return fresh;
      } catch (error) {
        this.#parts.log("error", error instanceof Failure ? error.message : String(error));
        return old ?? fresh;
      }
    }));
    const gone = this.#mounted.filter((old) => !next.includes(old));
    this.#mounted = next;
    for (const one of gone) {
      const ending: Promise<void> = one.unload().finally(() => this.#ending.delete(ending));
      this.#ending.add(ending);
    }
  }

  async #loadAll(): Promise<void> {
    const ended = await Promise.allSettled(this.#mounted.map((one) => one.load()));
    for (const one of ended) if (one.status === "rejected") throw one.reason;
  }

  #mount(planned: PlannedEndpoint, config: Config): MountedEndpoint {
    return new MountedEndpoint(planned, {
      ...this.#parts,
      journal: this.#journal,
      config: shownConfig(config),
      folders: config.plugin_folders,
    });
  }
}

function isSame(a: PlannedEndpoint, b: PlannedEndpoint): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** The configuration as endpoints see it: nothing that is secret, or tells of secrets. */
function shownConfig({ listen, measure, politeness, requests, retention }: Config) {
  const { host, port, names, tls } = listen;
  return {
    listen: { host, port, names },
    tls: tls !== undefined,
    ...{ measure, politeness, requests, retention },
  };
}
