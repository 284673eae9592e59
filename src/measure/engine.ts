import type { ConnectionType } from "../connect/connection_type.ts";
import { connectionTypes } from "../connect/registry.ts";
import type { Chain } from "../contract/chain.ts";
import type { Target } from "../contract/job.ts";
import type { Result, SpiderOf } from "../contract/spider.ts";
import type { CaptureCounts } from "../host/capture.ts";
import type { Interface } from "../host/interface.ts";
import { LinkWatch } from "../host/link_watch.ts";
import { nameServers } from "../host/name_servers.ts";
import type { Reactor } from "../host/reactor.ts";
import { staysOnTheWay, staysUsable } from "../host/still_usable.ts";
import { Watcher } from "../observe/watcher.ts";
import type { JobLine } from "../target/job_line.ts";
import { Pace } from "../target/pace.ts";
import { callPlugin } from "./plugin_call.ts";
import { jobOf } from "./intake.ts";
import type { Pass } from "./schedule.ts";
import { Setup, type SetupOptions } from "./setup.ts";
import { count, emptyTally } from "./tally.ts";
import { type Bench, measureTarget } from "./target.ts";
import { Vocabulary } from "./vocabulary.ts";

/** How a run is made. */
export interface EngineOptions extends SetupOptions {
  /** Targets started a second; undefined for no limit. */
  readonly rate: number | undefined;
  /** How often each target is measured. */
  readonly repeat: number;
  /** Put the arms' records into the results. */
  readonly outputFlows: boolean;
}

/** What a run is given and hands on. */
export interface Feed {
  /** The targets; must end soon after the signal that it is given aborts. */
  jobs(signal: AbortSignal): AsyncIterable<JobLine<Target>>;
  /** OPTIONAL. Adds to a result what further looking at its target shows, before it is counted. */
  extend?(result: Result): Promise<Result>;
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
  readonly #bench: Bench & { readonly watcher: Watcher | null };
  readonly #setup: Setup;
  readonly #link: LinkWatch | null;
  readonly #halt = new AbortController();
  #error: unknown = undefined;

  /** Throws a Failure when the interface cannot be captured on. */
  constructor(reactor: Reactor, options: EngineOptions) {
    const { spider, device } = options;
    this.#options = options;
    this.#reactor = reactor;
    this.#setup = new Setup(reactor, options);
    this.#bench = {
      ...options,
      phases: this.#setup.phases,
      connections: this.#setup.connections,
      vocabulary: new Vocabulary(spider),
      watcher: watcherFor(reactor, options),
      nameServers: nameServers(),
    };
    this.#link = device === null ? null : this.#watchLink(device);
  }

  /** What libpcap counted so far. */
  captureCounts(): CaptureCounts {
    return this.#bench.watcher?.counts() ?? { received: 0, dropped: 0, interfaceDropped: 0 };
  }

  /** Whether an end now would give up what is in flight, instead of finishing it. */
  get givesUp(): boolean {
    return this.#setup.schedule.givesUp;
  }

  /**
   * Measures until the targets end or `stop` aborts; then finishes what is in flight, or gives it up
   * where arms take turns and the last one's has not come. Rejects with the first error that ended
   * the run early, after the same orderly end where that is possible.
   */
  async run(feed: Feed, stop: AbortSignal): Promise<void> {
    const broke = this.#reactor.run().catch((error) => {
      this.#fail(error);
      throw error;
    });
    broke.catch(() => {}); // or it would count as unhandled while init takes its time
    const ending = AbortSignal.any([stop, this.#halt.signal]);
    const end = () => this.#setup.schedule.stop();
    ending.addEventListener("abort", end);
    try {
      await this.#hook("init");
      await Promise.race([this.#feed(feed, ending), broke]);
    } catch (error) {
      this.#fail(error);
    } finally {
      ending.removeEventListener("abort", end);
      this.#setup.cancel();
      await this.#setup.schedule.close().catch((error) => this.#fail(error));
      await this.#hook("close").catch((error) => this.#fail(error));
      this.#reactor.stop();
      await broke.catch(() => {}); // it is in #error
    }
    if (this.#error !== undefined) throw this.#error;
  }

  /** Leaves what an arm has set for the host, as far as that can be done without waiting. */
  leaveAtOnce(): void {
    this.#setup.schedule.close().catch(() => {}); // the journal puts back what is ours
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
    this.#setup.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async #feed(feed: Feed, stop: AbortSignal): Promise<void> {
    const pace = new Pace(this.#options.rate);
    try {
      for await (const line of feed.jobs(stop)) {
        const job = await jobOf(line, this.#options);
        if (typeof job === "string") {
          feed.problem(line.line, job);
          continue;
        }
        if (!await pace.turn(stop)) break;
        const pass = await this.#setup.schedule.admit();
        if (stop.aborted) {
          pass.end();
          break;
        }
        this.#start(job, line.line, feed, pass);
      }
    } catch (error) {
      this.#fail(error);
    }
    await this.#setup.schedule.finish();
  }

  #start(job: Target, line: number, feed: Feed, pass: Pass): void {
    this.tally.started++;
    this.#measure(job, line, feed, pass)
      .catch((error) => this.#fail(error))
      .finally(() => pass.end());
  }

  /** A result with what the feed adds to it, whose conditions must be declared like all others. */
  async #extend(result: Result, feed: Feed): Promise<Result> {
    const extended = await feed.extend?.(result) ?? result;
    const known = new Set(result.conditions);
    this.#bench.vocabulary.check(
      extended.conditions.filter((condition) => !known.has(condition)),
    );
    return extended;
  }

  async #measure(job: Target, line: number, feed: Feed, pass: Pass): Promise<void> {
    const measured = await measureTarget(this.#bench, job, pass);
    if (measured === null) return;
    const { jobs } = measured;
    const result = await this.#extend(measured.result, feed);
    count(this.tally, { ...measured, result });
    for (const yielded of jobs ?? [result]) feed.result(yielded);
    if (jobs?.length === 0) feed.barren?.(line, job, result.conditions);
  }

  /** Keeps the first error and ends the feeding. */
  #fail(error: unknown): void {
    this.#error ??= error;
    this.#halt.abort();
  }

  #watchLink(device: Interface): LinkWatch {
    const { bind, sources } = this.#options;
    const checks = [
      staysUsable([device]),
      ...(bind ? [] : [staysOnTheWay([device], sources)]),
    ];
    return new LinkWatch(this.#reactor, {
      route: (change) => this.#setup.follow(change),
      changed: (changes) => {
        for (const check of checks) check(changes);
        this.#setup.check(changes);
      },
    });
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
