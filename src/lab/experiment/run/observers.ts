import type { ExperimentEvent } from "../../../contract/experiment_event.ts";
import type { ObserverTools } from "../../../contract/observer.ts";
import { Failure } from "../../../host/failure.ts";
import { inTime } from "../../../host/in_time.ts";
import { callPlugin } from "../../../measure/plugin_call.ts";
import { isObserved, observerTools } from "../../../plugin/observing.ts";
import { cleanedLines } from "../../../target/quote.ts";
import type { PlannedObserver } from "../plan/experiment_plan.ts";
import type { EventBus } from "./events.ts";

/** Events that may wait for an observer. */
const MOST_WAITING = 10_000;
/** How long observers may take after the last event, in milliseconds. */
const FAREWELL = 5000;

/** The observers of a run, each of which is given its events; nothing of the run waits for them. */
export class Observing {
  readonly #told: readonly ToldObserver[];
  readonly #unheard: () => void;

  /** @param told is given the lines that they print, and sentences about those that fail */
  constructor(
    observers: readonly PlannedObserver[],
    bus: EventBus,
    told: (sentence: string) => void,
  ) {
    this.#told = observers.map((planned) => new ToldObserver(planned, told));
    this.#unheard = bus.listen((event) => {
      for (const one of this.#told) one.take(event);
    });
  }

  /** Takes no more events, and waits until those that wait are told, for some time at most. */
  async end(): Promise<void> {
    this.#unheard();
    await inTime(Promise.all(this.#told.map((one) => one.finish())), FAREWELL);
    for (const one of this.#told) one.leave();
  }
}

/** An observer that is told of what happens, one event after the other. */
class ToldObserver {
  readonly #observer: PlannedObserver["observer"];
  readonly #tools: ObserverTools;
  readonly #told: (sentence: string) => void;
  readonly #waiting: ExperimentEvent[] = [];
  /** Begins and gives events until the last one; never rejects. */
  readonly #work: Promise<void>;
  #wake = Promise.withResolvers<void>();
  #dropped = 0;
  #isLast = false;
  #hasFailed = false;
  #isDone = false;
  /** Whether nothing of it is told any more. */
  #isLeft = false;

  constructor({ observer, options }: PlannedObserver, told: (sentence: string) => void) {
    this.#observer = observer;
    this.#told = (sentence) => {
      if (!this.#isLeft) told(sentence);
    };
    this.#tools = observerTools(options, this.#told);
    this.#work = this.#run();
  }

  /** Puts an event to those that wait. */
  take(event: ExperimentEvent): void {
    if (this.#hasFailed || !isObserved(this.#observer, event.type)) return;
    if (this.#waiting.length >= MOST_WAITING) {
      this.#dropped++;
      return;
    }
    // Others hold the same event, and parts of it are the run's own
    this.#waiting.push(structuredClone(event));
    this.#wake.resolve();
  }

  /** Resolves when it has been told of all that waits, and has closed. */
  finish(): Promise<void> {
    this.#isLast = true;
    this.#wake.resolve();
    return this.#work;
  }

  /** Says what did not reach it; what it does from here on is shown to nobody. */
  leave(): void {
    const { name } = this.#observer;
    const lost = this.#dropped + this.#waiting.length;
    if (!this.#isDone) {
      this.#told(
        `The observer ${name} is not done ${FAREWELL / 1000} s after the last event: ` +
          "nobody waits for it.",
      );
    }
    if (lost > 0) {
      this.#told(`The observer ${name} was too slow: events that did not reach it: ${lost}.`);
    }
    this.#isLeft = true;
  }

  async #run(): Promise<void> {
    const observer = this.#observer;
    const tools = this.#tools;
    if (await this.#calls("begin", () => observer.begin?.(tools))) {
      for (let event = await this.#next(); event !== null; event = await this.#next()) {
        const given = event;
        if (!await this.#calls("event", () => observer.event(given, tools))) break;
      }
      await this.#calls("close", () => observer.close?.(tools));
    }
    this.#isDone = true;
  }

  /** The event that has waited longest; null behind the last one. */
  async #next(): Promise<ExperimentEvent | null> {
    while (this.#waiting.length === 0) {
      if (this.#isLast) return null;
      this.#wake = Promise.withResolvers();
      await this.#wake.promise;
    }
    return this.#isLeft ? null : this.#waiting.shift()!;
  }

  /** Whether a call went well; the first that did not is told of. */
  async #calls(hook: string, call: () => void | Promise<void>): Promise<boolean> {
    try {
      await callPlugin(this.#observer, hook, call);
      return true;
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      if (!this.#hasFailed) {
        const { name } = this.#observer;
        this.#told(cleanedLines(`The run goes on without ${name}: ${error.message}`));
      }
      this.#hasFailed = true;
      this.#waiting.length = 0;
      return false;
    }
  }
}
