import { isAddress } from "../../host/address.ts";
import { count, counted } from "../../host/quantity.ts";
import { sleep } from "../../host/sleep.ts";
import type { PrefixSet } from "../../target/prefix.ts";
import { quote } from "../../target/quote.ts";
import { DatabaseFailure } from "../database/database.ts";
import type { RunEnd } from "../deliveries/delivery.ts";
import type { BatchEnd, BatchMessage } from "../runner/batch.ts";
import { BatchProcess } from "./batch_process.ts";
import type { EventHub } from "./event_hub.ts";
import type { Progress } from "./event_text.ts";
import type { Measurement } from "./measurement.ts";
import { nextTime } from "./schedule.ts";
import type { ResultStore } from "./result_store.ts";
import type { MeasurementStore } from "./store.ts";
import { BatchSize, Turns } from "./turns.ts";

/** How often a batch is begun again whose process broke down. */
const MOST_TRIES = 3;
/** Sentences of a batch's process that are kept as events; the rest is counted. */
const MOST_SAID = 1000;

/** Targets of a batch that want to be left alone which are told of one by one; all are counted. */
const MOST_ALONE = 20;

/** How long is waited at once, in milliseconds: what sleeps through a change of the clock sees it then. */
const MOST_WAIT = 60_000;

/** The time, which tests may let run faster. */
export interface WallClock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Waits for some milliseconds, Infinity for ever, or until the signal aborts; it may end earlier. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<unknown>;
}

/** The time of this host. */
export const WALL_CLOCK: WallClock = {
  now: () => Date.now(),
  sleep: (milliseconds, signal) => sleep(Math.min(MOST_WAIT, milliseconds), signal),
};

/** What may become of a target that has no results. */
type Outcome = "skipped" | "without_jobs";

/** What an event tells of a run while it is made. */
interface LogEvent {
  readonly level: string;
  readonly text: string;
  /** The target that it is about, from 1, what became of it, and why. */
  readonly target?: number;
  readonly outcome?: Outcome;
  readonly problem?: string;
  /** How many targets of a turn that has ended gave no targets for others. */
  readonly without_jobs?: number;
}

/** What a queue works with. */
export interface QueueParts {
  readonly clock: WallClock;
  readonly store: MeasurementStore;
  readonly kept: ResultStore;
  readonly hub: EventHub;
  readonly settings: QueueSettings;
  /** Addresses that are never measured. */
  readonly blocked: () => PrefixSet;
  /** Is told that a run has ended. */
  readonly ended: () => void;
  readonly log: (level: "info" | "warning" | "error", text: string) => void;
}

/** How measurements are run on this host. */
export interface QueueSettings {
  readonly interfaces: readonly string[];
  readonly folders: readonly string[];
  /** Most targets at once. */
  readonly workers: number;
  /** Sets of flows a second that no measurement exceeds; undefined for no limit. */
  readonly rate: number | undefined;
  /** About how many seconds a turn takes. */
  readonly turn: number;
  /** Puts the processes that measure elsewhere, such as into a network namespace. */
  readonly place?: (command: readonly string[]) => readonly string[];
}

/** Runs measurements one batch at a time, in fair turns between those who asked for them. */
export class Queue {
  readonly #parts: QueueParts;
  readonly #turns = new Turns();
  readonly #sizes: BatchSize;
  readonly #stopped = new Set<number>();
  /** How often in a row the batch of a measurement broke down. */
  readonly #tries = new Map<number, number>();
  /** What batches of a run that have ended saw, as long as the server lives: it is shown meanwhile alone. */
  readonly #seen = new Map<number, Pick<Progress, "unobserved" | "drops">>();
  #current: { readonly number: number; readonly process: BatchProcess } | null = null;
  #isEnding = false;
  #wake: () => void = () => {};
  #work: Promise<void> | null = null;

  constructor(parts: QueueParts) {
    this.#parts = parts;
    this.#sizes = new BatchSize(parts.settings.turn);
  }

  /**
   * Begins, and goes on with what an earlier server has left.
   *
   * @param broke is told of what ends it, such as a database that cannot be written
   */
  start(broke: (error: unknown) => void): void {
    this.#work = this.#run();
    this.#work.catch(broke);
  }

  /** Says that there may be something to do. */
  poke(): void {
    this.#wake();
  }

  /** Ends a measurement that waits or runs; one that runs finishes what is in flight. */
  stop(measurement: Measurement): void {
    if (this.#current?.number === measurement.number) {
      this.#stopped.add(measurement.number);
      this.#current.process.stop();
    } else {
      this.#end(measurement, "stopped", null);
    }
  }

  /** Ends in order: what is in flight is finished, and what is left goes on after the next start. */
  async close(): Promise<void> {
    this.#isEnding = true;
    this.#current?.process.stop();
    this.#wake();
    await this.#work?.catch(() => {}); // `start` has told of it
  }

  async #run(): Promise<void> {
    const { store, clock, log } = this.#parts;
    while (!this.#isEnding) {
      const changed = new AbortController();
      const { signal } = changed;
      this.#wake = () => changed.abort();
      let wait = 0;
      try {
        const due = store.queueDue(clock.now());
        const next = this.#turns.next(store.oldestOfEach());
        if (next !== undefined) await this.#batch(next);
        else wait = due === null ? Infinity : due - clock.now();
      } catch (error) {
        if (!(error instanceof DatabaseFailure) || !error.isFull) throw error;
        this.#endStopped();
        log("error", `nothing is measured until there is room: ${error.message}`);
        wait = MOST_WAIT;
      }
      if (wait > 0) await clock.sleep(wait, signal);
    }
  }

  /** Ends those that were to be stopped, and whose batch could not end in order. */
  #endStopped(): void {
    for (const number of this.#stopped) {
      const measurement = this.#parts.store.numbered(number);
      if (measurement?.ended === null) this.#end(measurement, "stopped", null);
    }
  }

  async #batch(measurement: Measurement): Promise<void> {
    const { store, kept, hub, blocked, settings: { interfaces, folders, place, ...limits } } =
      this.#parts;
    const { number, position, request } = measurement;
    if (measurement.state === "queued") this.#keep(measurement, "started", {});
    store.begin(measurement);
    const lines = store.targets(measurement, position, this.#sizes.of(number));
    const alone = blocked();
    const all = lines.map((line, at) => ({ line, at, isAlone: isBlocked(line, alone) }));
    const wanted = all.filter(({ isAlone }) => !isAlone);
    const unwanted = all.filter(({ isAlone }) => isAlone);
    let said = 0;
    const say = (log: LogEvent) => {
      if (++said <= MOST_SAID) this.#keep(measurement, "log", log);
    };
    const sayOf = (at: number, outcome: Outcome, problem: string) => {
      const target = position + at + 1;
      say({ level: "info", text: `target ${target}: ${problem}`, target, outcome, problem });
    };
    for (const { line, at } of unwanted.slice(0, MOST_ALONE)) {
      sayOf(at, "skipped", `${quote(JSON.parse(line).dip)} does not want to be measured`);
    }
    const began = performance.now();
    const process = new BatchProcess(
      {
        request: {
          ...request,
          workers: Math.min(request.workers ?? limits.workers, limits.workers),
          ...rateOf(request.rate, limits.rate),
        },
        interfaces,
        folders,
      },
      wanted.map(({ line }) => line),
      place,
    );
    this.#current = { number, process };
    // Both may have been asked for while there was nothing to tell it to
    if (this.#isEnding || this.#stopped.has(number)) process.stop();
    const before = kept.countResults(measurement);
    let results = before;
    const earlier = this.#seen.get(number) ?? { unobserved: 0, drops: 0 };
    let seen = earlier;
    let done = 0;
    const take = (messages: readonly BatchMessage[]) => {
      const found = messages.flatMap((message) => "result" in message ? [message.result] : []);
      if (found.length > 0) kept.addResults(measurement, found);
      results += found.length;
      for (const message of messages) {
        if ("done" in message) {
          done = message.done;
          seen = {
            unobserved: earlier.unobserved + message.unobserved,
            drops: earlier.drops + message.drops,
          };
        }
        if ("said" in message) say({ level: message.level, text: message.said });
        const without = outcomeOf(message);
        if (without === null) continue;
        sayOf(wanted[without.line - 1]?.at ?? 0, without.outcome, without.problem);
      }
      hub.note(number, {
        ...{ done: position + done, targets: measurement.targets, results, settled: before },
        ...seen,
      });
    };
    let end: BatchEnd;
    try {
      end = await process.run(take);
    } catch (error) {
      process.kill();
      throw error;
    } finally {
      this.#current = null;
      hub.note(number, null);
    }
    this.#sizes.learn(number, wanted.length, (performance.now() - began) / 1000);
    if (end.problem === null) this.#seen.set(number, seen);
    const isWhole = end.problem === null && end.taken >= wanted.length;
    this.#ended(measurement, end, {
      taken: isWhole ? lines.length : wanted[end.taken]?.at ?? lines.length,
      isWhole,
      leftAlone: unwanted.length,
    });
  }

  #ended(
    measurement: Measurement,
    end: BatchEnd,
    { taken, isWhole, leftAlone }: {
      readonly taken: number;
      readonly isWhole: boolean;
      readonly leftAlone: number;
    },
  ): void {
    const { store } = this.#parts;
    const { number, position, targets } = measurement;
    if (leftAlone > 0) {
      this.#keep(measurement, "log", {
        level: "info",
        text: leftAlone === 1
          ? "1 target does not want to be measured, and was left out"
          : `${count(leftAlone)} targets do not want to be measured, and were left out`,
      });
    }
    if (end.problem === null) {
      this.#tries.delete(number);
      // What was given up may be any of those that were taken: they are measured again
      if (isWhole || end.given_up === 0) {
        store.endBatch(measurement, taken, { skipped: end.skipped + leftAlone });
        const { without_jobs } = end;
        if (without_jobs > 0) {
          const text = `${counted(without_jobs, "target")} gave no jobs`;
          this.#keep(measurement, "log", { level: "info", text, without_jobs });
        }
      }
      if (this.#stopped.has(number)) return this.#end(measurement, "stopped", null);
      if (isWhole && position + taken >= targets) this.#endRun(measurement, "completed", null);
      return;
    }
    if (this.#stopped.has(number)) return this.#end(measurement, "stopped", null);
    if (this.#isEnding) return;
    const tries = (this.#tries.get(number) ?? 0) + 1;
    if (end.hopeless || tries >= MOST_TRIES) {
      return this.#endRun(measurement, "failed", end.problem);
    }
    this.#tries.set(number, tries);
    this.#keep(measurement, "log", { level: "warning", text: `${end.problem}; it is tried again` });
  }

  /** Ends a run, and the measurement with it where no other one comes. */
  #endRun(measurement: Measurement, state: "completed" | "failed", problem: string | null): void {
    this.#seen.delete(measurement.number);
    const { store, clock, ended } = this.#parts;
    const { origin, run, request: { schedule } } = measurement;
    const now = clock.now();
    const next = schedule === undefined ? null : nextTime(schedule, origin, now);
    if (next === null) return this.#end(measurement, state, problem);
    this.#tries.delete(measurement.number);
    store.endRun(measurement, { state, problem }, next, now);
    this.#keep(measurement, "run", { run, state, problem });
    ended();
  }

  #end(measurement: Measurement, state: RunEnd["state"], problem: string | null): void {
    const { store, kept, hub, clock, log, ended } = this.#parts;
    const { number, id } = measurement;
    // Both or none, also where a full disk has no room for more; told when it is so
    const event = store.freeing(() => {
      store.end(measurement, { state, problem }, clock.now());
      return kept.addEvent(measurement, "ended", { state, problem });
    });
    hub.keep(number, event);
    log("info", `measurement ${id} is ${state}${problem === null ? "" : `: ${problem}`}`);
    this.#stopped.delete(number);
    this.#seen.delete(number);
    this.#tries.delete(number);
    this.#sizes.forget(number);
    ended();
  }

  #keep(measurement: Measurement, type: "log", data: LogEvent): void;
  #keep(measurement: Measurement, type: "started" | "run", data: object): void;
  #keep(measurement: Measurement, type: string, data: object): void {
    const { kept, hub } = this.#parts;
    hub.keep(measurement.number, kept.addEvent(measurement, type, data));
  }
}

/** What became of a target without results, by its line in the batch; null for any other message. */
function outcomeOf(
  message: BatchMessage,
): { readonly outcome: Outcome; readonly line: number; readonly problem: string } | null {
  if ("skipped" in message) {
    return { outcome: "skipped", line: message.skipped, problem: message.problem };
  }
  return "without_jobs" in message
    ? { outcome: "without_jobs", line: message.without_jobs, problem: message.problem }
    : null;
}

/** Whether a target is one of those that are left alone. */
function isBlocked(line: string, blocked: PrefixSet): boolean {
  if (blocked.size === 0) return false;
  const { dip } = JSON.parse(line);
  // What is no address is not measured either, as the process that reads it says
  return typeof dip === "string" && isAddress(dip) && blocked.has(dip);
}

/** The lower of two limits, where there is one. */
function rateOf(own: number | undefined, all: number | undefined): { rate?: number } {
  const rate = Math.min(own ?? Infinity, all ?? Infinity);
  return rate === Infinity ? {} : { rate };
}
