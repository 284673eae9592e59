import { Failure } from "../host/failure.ts";
import { fileError } from "../host/file_error.ts";
import { inTime } from "../host/in_time.ts";
import { isInTheClear, observatoryUrl } from "../result/pto/server.ts";
import { readBlocklist } from "../target/blocklist.ts";
import { PrefixSet } from "../target/prefix.ts";
import type { LookUpName } from "./about/own_names.ts";
import { makeApp, ownPaths } from "./app.ts";
import { prefixes } from "./config/prefixes.ts";
import type { Config } from "./config/schema.ts";
import { Database } from "./database/database.ts";
import { Courier } from "./deliveries/courier.ts";
import { DeliveryStore } from "./deliveries/store.ts";
import { Endpoints } from "./endpoints/endpoints.ts";
import { isLocal } from "./http/host_check.ts";
import { Listener } from "./http/listener.ts";
import { SessionStore } from "./keys/sessions.ts";
import { ProblemError, problemResponse } from "./http/problem.ts";
import { KeyStore } from "./keys/store.ts";
import { ListStore } from "./lists/store.ts";
import type { Log } from "./log.ts";
import { EventHub } from "./measurements/event_hub.ts";
import { Forgetting } from "./measurements/forgetting.ts";
import { Queue, type QueueSettings, WALL_CLOCK, type WallClock } from "./measurements/queue.ts";
import { ResultGroups } from "./measurements/result_groups.ts";
import { ResultStore } from "./measurements/result_store.ts";
import { ResultViews } from "./measurements/result_views.ts";
import { MeasurementStore } from "./measurements/store.ts";
import { NetworkTable } from "./page/network_table.ts";
import { Metrics } from "./status/metrics.ts";

/** How long requests may take after the server was told to end, in milliseconds. */
const FAREWELL = 10_000;
/** How long a client may take nothing of its answer, in milliseconds. */
const STUCK = 600_000;

const HOUR = 3_600_000;
/** What a server is started with, and keeps. */
const STARTED_WITH = ["listen", "database", "measure", "plugin_folders", "pidfile"] as const;

/** What a server is made of. */
export interface ServerOptions {
  readonly config: Config;
  /** The file of the database. */
  readonly database: string;
  readonly log: Log;
  /** What it is, for /status. */
  readonly about: Readonly<Record<string, unknown>>;
  /** Puts the processes that measure elsewhere, such as into a network namespace. */
  readonly place?: QueueSettings["place"];
  /** By which runs are planned; that of this host when missing. */
  readonly clock?: WallClock;
  /** Looks up the names of this host's addresses; as DNS has them when missing. */
  readonly lookUpName?: LookUpName;
}

/** A vantage point: answers requests, and measures what is asked for. */
export class Server {
  readonly #stack = new DisposableStack();
  readonly #log: Log;
  readonly #store: MeasurementStore;
  readonly #queue: Queue;
  readonly #forgetting: Forgetting;
  readonly #courier: Courier;
  readonly #http: Listener;
  readonly #endpoints: Endpoints;
  readonly #closing = new AbortController();
  readonly #broke = Promise.withResolvers<never>();
  readonly #groups: ResultGroups;
  #config: Config;
  #blocked: PrefixSet;
  #networks: NetworkTable | null;

  /**
   * Listens, and goes on with measurements that an earlier server has left.
   *
   * @throws {Failure} when the database cannot be used, the address is taken or cannot be listened on, TLS
   *   cannot be set up, or others could ask without a key
   */
  constructor(
    { config, database: path, log, about, place, clock = WALL_CLOCK, lookUpName }: ServerOptions,
  ) {
    this.#config = config;
    this.#log = log;
    this.#broke.promise.catch(() => {}); // whoever waits for the end is told
    try {
      this.#blocked = blockedBy(config);
      this.#networks = networksOf(config);
      const database = this.#stack.use(Database.open(path));
      this.#stack.use(onlyServer(path));
      const keys = new KeyStore(database);
      const store = this.#store = new MeasurementStore(database);
      const kept = new ResultStore(database);
      const views = new ResultViews(database);
      const groups = this.#groups = new ResultGroups(
        views,
        () => this.#networks,
        this.#closing.signal,
      );
      const lists = new ListStore(database, () => this.#forgetting.poke());
      const hub = new EventHub();
      const { host, port, tls } = config.listen;
      if (!isLocal(host) && !keys.some) {
        throw new Failure(
          `${host} can be reached by others, and this server has no keys: make one with ` +
            "spider serve keys add, or listen on 127.0.0.1",
        );
      }
      const { measure, plugin_folders: folders } = config;
      this.#queue = new Queue({
        store,
        kept,
        hub,
        clock,
        blocked: () => this.#blocked,
        ended: () => this.#courier.poke(),
        log: (level, text) => log.write(level, text),
        settings: {
          interfaces: measure.interface,
          folders,
          workers: measure.workers,
          rate: measure.rate,
          turn: measure.turn,
          ...(place === undefined ? {} : { place }),
        },
      });
      const since = Date.now();
      const metrics = new Metrics(store, since);
      const deliveries = new DeliveryStore(database);
      this.#courier = new Courier({
        ...{ deliveries, store, kept, clock, log },
        config: () => this.#config,
        tried: (outcome) => metrics.tried(outcome),
      });
      const sessions = new SessionStore(
        database,
        keys,
        () => this.#config.access.session_hours * HOUR,
      );
      const endpoints = this.#endpoints = new Endpoints({
        sessions,
        place,
        log: (level, text) => log.write(level, text),
      });
      const app = makeApp({
        ...{ sessions, endpoints },
        ...{ store, kept, views, groups, lists, hub, queue: this.#queue, keys, log, about },
        ...{ since, clock, deliveries, courier: this.#courier },
        config: () => this.#config,
        blocked: () => this.#blocked,
        place,
        isReady: () => endpoints.isReady,
        closing: this.#closing.signal,
        metrics,
        ...(lookUpName === undefined ? {} : { lookUpName }),
      });
      endpoints.plan(config, ownPaths(app));
      this.#http = new Listener({
        options: { hostname: host, port, ...(tls === undefined ? {} : certificates(tls)) },
        handler: async (request, { remoteAddr }) => {
          // A host that is none; nothing else could read the request then
          if (!URL.canParse(request.url)) {
            return problemResponse(new ProblemError(400, "the request's Host is no host"));
          }
          const began = performance.now();
          const answer = await app.fetch(request, { peer: remoteAddr.hostname });
          const { method, url } = request;
          metrics.answered(method, answer.status);
          // Without its query, which may carry a key
          const path = new URL(url).pathname;
          const took = Math.round(performance.now() - began);
          log.write(
            "debug",
            `${remoteAddr.hostname} ${method} ${path} ${answer.status} ${took} ms`,
          );
          return answer;
        },
        limits: () => {
          const { connections, seconds } = this.#config.requests;
          return { most: connections, idle: seconds * 1000, stuck: STUCK };
        },
        log,
        broke: (error) => this.#broke.reject(error),
      });
      this.#forgetting = new Forgetting({
        ...{ database, store, clock, log },
        retention: () => this.#config.retention,
      });
      this.#warn(config);
      endpoints.start();
      this.#queue.start((error) => this.#broke.reject(error));
      this.#forgetting.start((error) => this.#broke.reject(error));
      this.#courier.start((error) => this.#broke.reject(error));
    } catch (error) {
      this.#stack.dispose();
      throw error;
    }
  }

  /** Fulfilled when all its endpoints answer; rejects with a {@linkcode Failure} where one cannot. */
  get ready(): Promise<void> {
    return this.#endpoints.ready;
  }

  /** Where it listens. */
  get url(): string {
    const { hostname, port } = this.#http.addr;
    const scheme = this.#config.listen.tls === undefined ? "http" : "https";
    return `${scheme}://${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`;
  }

  /** Rejects with what makes it unable to go on, such as a disk that fails; never ends otherwise. */
  get broke(): Promise<never> {
    return this.#broke.promise;
  }

  /**
   * What it does, as a phrase.
   *
   * @throws {DatabaseFailure} when its database does not answer
   */
  get doing(): string {
    const { waiting } = this.#store;
    const unfinished = `${waiting} measurement${
      waiting === 1 ? " waits or runs" : "s wait or run"
    }`;
    return this.#closing.signal.aborted
      ? `ending; ${unfinished}`
      : `listening on ${this.url}; ${unfinished}`;
  }

  /**
   * Takes another configuration, and the certificates as they are now; where it listens and what it
   * measures on stay as they were.
   *
   * @throws {Failure} when it cannot be taken; nothing has changed then
   */
  async reload(config: Config): Promise<void> {
    const [blocked, networks] = [blockedBy(config), networksOf(config)];
    const tls = this.#config.listen.tls === undefined ? undefined : config.listen.tls;
    const shown = tls === undefined ? null : certificates(tls);
    if (shown !== null) await this.#http.check(shown);
    // Throws where it contradicts itself, and has changed nothing then
    const changed = this.#endpoints.change(config);
    this.#networks = networks;
    this.#groups.forget();
    this.#blocked = blocked;
    const fixed = STARTED_WITH.filter((key) =>
      JSON.stringify(config[key]) !== JSON.stringify(this.#config[key])
    );
    if (fixed.length > 0) {
      const text = `${fixed.join(", ")}: what was changed there is taken at the next start`;
      this.#log.write("warning", text);
    }
    const kept = Object.fromEntries(STARTED_WITH.map((key) => [key, this.#config[key]]));
    this.#config = { ...config, ...kept };
    this.#warn(this.#config);
    if (shown !== null) await this.#http.renew(shown);
    await changed;
  }

  /**
   * Ends in order: takes no more requests, finishes those there are and what is being measured, within
   * their time. What waits goes on after the next start.
   */
  async close(): Promise<void> {
    this.#closing.abort();
    const ended = this.#http.shutdown().then(() => true);
    const [isEnded] = await Promise.all([
      inTime(ended, FAREWELL),
      this.#queue.close(),
      this.#forgetting.close(),
      this.#courier.close(FAREWELL),
    ]);
    // They end with the process
    if (isEnded === null) {
      this.#log.write("warning", `requests take longer than ${FAREWELL / 1000} s`);
    }
    await inTime(this.#endpoints.close(), FAREWELL);
    this.#stack.dispose();
  }

  /** Tells of what a configuration allows, and should not be overlooked. */
  #warn({ observatories, listen: { host, tls } }: Config): void {
    if (!isLocal(host) && tls === undefined) {
      const text =
        `${host} is listened on without TLS: keys can be seen on the way; see listen.tls`;
      this.#log.write("warning", text);
    }
    for (const [name, { url }] of Object.entries(observatories)) {
      if (!isInTheClear(observatoryUrl(url)!)) continue;
      const text = `the observatory ${name} is asked without encryption: its token can be seen`;
      this.#log.write("warning", text);
    }
  }
}

/** Makes sure that no other server uses a database: each would begin what the other has begun. */
function onlyServer(path: string): Disposable {
  const lock = Deno.openSync(`${path}.lock`, { create: true, write: true, mode: 0o600 });
  if (lock.tryLockSync(true)) return lock;
  lock.close();
  throw new Failure(`another server uses ${path}: end it, or name another database`);
}

/**
 * Addresses that are never measured.
 *
 * @throws {Failure} when the blocklist cannot be read, or has what is no prefix
 */
function blockedBy({ politeness: { blocklist, opted_out: optedOut } }: Config): PrefixSet {
  const listed = blocklist === undefined
    ? []
    : readBlocklist(textOf(blocklist, "blocklist"), `the blocklist ${blocklist}`);
  return new PrefixSet([...prefixes(optedOut), ...listed]);
}

/**
 * Whose prefixes are, where the configuration names a table.
 *
 * @throws {Failure} when it cannot be read, or has a line that is malformed
 */
function networksOf({ page: { networks } }: Config): NetworkTable | null {
  if (networks === undefined) return null;
  return new NetworkTable(textOf(networks, "table of networks"), networks);
}

function certificates({ certificate, key }: NonNullable<Config["listen"]["tls"]>) {
  return { cert: textOf(certificate, "certificate"), key: textOf(key, "certificate's key") };
}

function textOf(path: string, what: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    throw new Failure(`cannot read the ${what} ${path}: ${fileError(error)}`, { cause: error });
  }
}
