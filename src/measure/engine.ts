import type { ConnectionType } from "../connect/connection_type.ts";
import { connectionTypes } from "../connect/registry.ts";
import type { Chain } from "../contract/chain.ts";
import type { Target } from "../contract/job.ts";
import type { OptionValues } from "../contract/option.ts";
import type { Result, SpiderOf } from "../contract/spider.ts";
import { isLoopback } from "../host/address.ts";
import { Failure } from "../host/failure.ts";
import type { CaptureCounts } from "../host/capture.ts";
import { EcnRoute, type Family } from "../host/ecn_route.ts";
import type { Interface } from "../host/interface.ts";
import type { Journal } from "../host/journal.ts";
import { LinkWatch, staysUsable } from "../host/link_watch.ts";
import { nameServers } from "../host/name_servers.ts";
import type { Reactor } from "../host/reactor.ts";
import { Watcher } from "../observe/watcher.ts";
import type { JobLine } from "../target/job_line.ts";
import { Pace } from "../target/pace.ts";
import { armsOf } from "./arms.ts";
import { Connections } from "./connections.ts";
import { callPlugin } from "./plugin_call.ts";
import { countOne, emptyTally } from "./tally.ts";
import { type Bench, measureTarget } from "./target.ts";
import { Vocabulary } from "./vocabulary.ts";

/** How a run is made. */
export interface EngineOptions {
  readonly spider: SpiderOf<Target>;
  readonly spiderOptions: OptionValues;
  readonly connect: ConnectionType;
  /**
   * The interface that everything leaves through and is watched on. Null leaves the choice to the
   * kernel, which only a spider that watches nothing can do.
   */
  readonly device: Interface | null;
  /** Where changes to the system are noted. */
  readonly journal: Journal;
  /** Targets in flight at once. */
  readonly workers: number;
  /** Targets started a second; undefined for no limit. */
  readonly rate: number | undefined;
  readonly timeoutMs: number;
  /** The addresses to send from, by IP version; where one is missing the kernel chooses. */
  readonly sources?: { readonly 4?: string; readonly 6?: string };
  /** Put the arms' records into the results. */
  readonly outputFlows: boolean;
}

/** What a run is given and hands on. */
export interface Feed {
  /** The targets; must end soon after the signal that it is given aborts. */
  jobs(signal: AbortSignal): AsyncIterable<JobLine<Target>>;
  /** A line of output: a result, or a job of a spider that yields jobs. */
  result(result: Result | Target): void;
  /** OPTIONAL. A target of a spider that yields jobs, from which none came, and its conditions. */
  barren?(line: number, target: Target, conditions: readonly string[]): void;
  problem(line: number, problem: string): void;
}

/** Runs one spider against a stream of targets, a bounded number of them at once. */
export class Engine implements Disposable {
  readonly tally = emptyTally();
  readonly #options: EngineOptions;
  readonly #reactor: Reactor;
  readonly #bench: Bench & { readonly connections: Connections; readonly watcher: Watcher | null };
  readonly #link: LinkWatch | null;
  readonly #halt = new AbortController();
  #ecnRoute: EcnRoute | undefined;
  #inFlight = 0;
  #freed: (() => void) | null = null;
  #error: unknown = undefined;

  /** Throws a Failure when the interface cannot be captured on. */
  constructor(reactor: Reactor, options: EngineOptions) {
    const { spider, device } = options;
    this.#options = options;
    this.#reactor = reactor;
    this.#bench = {
      ...options,
      arms: armsOf(spider, options.spiderOptions),
      vocabulary: new Vocabulary(spider),
      watcher: watcherFor(reactor, options),
      connections: new Connections(options.connect, {
        reactor,
        interface: device?.name ?? null,
        ...(options.sources === undefined ? {} : { sources: options.sources }),
        ecnMark: (family) => this.#ecnMark(family),
      }),
      nameServers: nameServers(),
    };
    this.#link = device === null ? null : this.#watchLink(device);
  }

  /** What libpcap counted so far. */
  captureCounts(): CaptureCounts {
    return this.#bench.watcher?.counts() ?? { received: 0, dropped: 0, interfaceDropped: 0 };
  }

  /**
   * Measures until the targets end or `stop` aborts; then finishes what is in flight. Rejects with
   * the first error that ended the run early, after the same orderly end where that is possible.
   */
  async run(feed: Feed, stop: AbortSignal): Promise<void> {
    const broke = this.#reactor.run().catch((error) => {
      this.#fail(error);
      throw error;
    });
    broke.catch(() => {}); // or it would count as unhandled while init takes its time
    try {
      await this.#hook("init");
      await Promise.race([this.#feed(feed, AbortSignal.any([stop, this.#halt.signal])), broke]);
    } catch (error) {
      this.#fail(error);
    } finally {
      await this.#hook("close").catch((error) => this.#fail(error));
      this.#bench.connections.close();
      this.#reactor.stop();
      await broke.catch(() => {}); // it is in #error
    }
    if (this.#error !== undefined) throw this.#error;
  }

  /** Calls a function of the spider that belongs to the whole run. */
  async #hook(name: "init" | "close"): Promise<void> {
    const { spider, spiderOptions } = this.#options;
    if (spider[name] === undefined) return;
    await callPlugin(spider, name, () => spider[name]!(spiderOptions));
  }

  /** Ends the capture and takes back what the run changed. */
  close(): void {
    this.#link?.close();
    this.#bench.watcher?.close();
    this.#ecnRoute?.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async #feed(feed: Feed, stop: AbortSignal): Promise<void> {
    const { spider, spiderOptions } = this.#options;
    const pace = new Pace(this.#options.rate);
    try {
      for await (const line of feed.jobs(stop)) {
        if ("problem" in line) {
          feed.problem(line.line, line.problem);
          continue;
        }
        const job = this.#withPort(line.job);
        const skip = this.#awry(job) ??
          (spider.skip === undefined
            ? null
            : await callPlugin(spider, "skip", () => spider.skip!(job, spiderOptions)));
        if (skip !== null) {
          feed.problem(line.line, skip);
          continue;
        }
        if (!await pace.turn(stop)) break;
        while (this.#inFlight >= this.#options.workers) await this.#oneLess();
        if (stop.aborted) break;
        this.#start(job, line.line, feed);
      }
    } catch (error) {
      this.#fail(error);
    }
    while (this.#inFlight > 0) await this.#oneLess();
  }

  /** A job without a port gets that of the connection type, if it is the job that is connected to. */
  #withPort(job: Target): Target {
    if (this.#options.spider.needs === "domain") return job;
    return { ...job, dp: job.dp ?? this.#options.connect.defaultPort };
  }

  /** Why the interface does not lead to a job's address; null when it may. */
  #awry({ dip }: Target): string | null {
    const { device, spider } = this.#options;
    if (dip === undefined || device === null || spider.needs === "domain") return null;
    const { name, loopback, ipv4, ipv6 } = device;
    if (!loopback && isLoopback(dip)) {
      return `"${dip}" is this host itself, which ${name} leads away from`;
    }
    const family = dip.includes(":") ? 6 : 4;
    const none = (family === 6 ? ipv6 : ipv4).length === 0;
    return none ? `there is no IPv${family} address on ${name} to send from` : null;
  }

  #start(job: Target, line: number, feed: Feed): void {
    this.#inFlight++;
    this.tally.started++;
    this.#measure(job, line, feed)
      .catch((error) => this.#fail(error))
      .finally(() => {
        this.#inFlight--;
        this.#freed?.();
      });
  }

  async #measure(job: Target, line: number, feed: Feed): Promise<void> {
    const measured = await measureTarget(this.#bench, job);
    if (measured === null) return;
    const { result, jobs, missed, retried } = measured;
    const { tally } = this;
    tally.done++;
    for (const condition of result.conditions) countOne(tally.conditions, condition);
    for (const reason of missed) countOne(tally.missed, reason);
    if (retried) tally.retries++;
    if (result.conditions.includes("pathspider.not_observed")) tally.unobserved++;
    for (const yielded of jobs ?? [result]) feed.result(yielded);
    if (jobs?.length === 0) feed.barren?.(line, job, result.conditions);
  }

  /** Waits until a target in flight is finished. Only the feeding loop waits. */
  #oneLess(): Promise<void> {
    return new Promise((resolve) => {
      this.#freed = () => {
        this.#freed = null;
        resolve();
      };
    });
  }

  /** Keeps the first error and ends the feeding. */
  #fail(error: unknown): void {
    this.#error ??= error;
    this.#halt.abort();
  }

  #watchLink(device: Interface): LinkWatch {
    const usable = staysUsable(device);
    return new LinkWatch(this.#reactor, () => {
      usable();
      this.#ecnRoute?.check();
    });
  }

  #ecnMark(family: Family): number {
    const { device, journal } = this.#options;
    if (device === null) {
      throw new Failure("An arm asks for ECN, which needs a route: name its --interface.");
    }
    this.#ecnRoute ??= EcnRoute.open(device.name, journal);
    return this.#ecnRoute.markFor(family);
  }
}

/** Null for a spider that wants no packets watched. Throws when the interface cannot be captured on. */
function watcherFor(reactor: Reactor, { spider, connect, device }: EngineOptions): Watcher | null {
  if (spider.observe === false) return null;
  if (device === null) throw new Error("what is watched needs an interface");
  return new Watcher(reactor, device.name, chainsOf(spider, connect));
}

/** The chains of a spider, and those that tell the ends of connections. */
export function chainsOf(
  spider: SpiderOf<Target>,
  connect: ConnectionType,
): readonly (string | Chain)[] {
  const types = [connect, ...spider.connect.map((name) => connectionTypes.get(name))];
  return [...new Set([...spider.chains, ...types.flatMap((type) => type?.chains ?? [])])];
}
