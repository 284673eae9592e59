import { hasRoom } from "../host/room.ts";
import { STANDARD } from "../host/standard.ts";
import type { OutputStream } from "../host/streams.ts";
import { Interruption } from "./interruption.ts";
import { uncaught } from "./uncaught.ts";

/**
 * After an error that nothing catches, what is on the way is finished within its time and so much more,
 * in milliseconds: what has failed may be what it waits for.
 */
const GRACE = 5000;

/** How a run ends early. */
export interface RunEndingOptions {
  readonly stderr: OutputStream;
  /** Says a sentence, above the progress. */
  say(text: string): void;
  /** The sentence that is said after the first signal. */
  begun(): string;
  /** Puts back what was set on this host, as far as that can be done without waiting. */
  leaveAtOnce(): void;
  /** How long what is on the way may take, in milliseconds. */
  readonly longest: number;
}

/**
 * Ends a run in order with the first signal, or an error that nothing catches; at once with the second
 * signal, or when it does not end within its time after such an error.
 */
export class RunEnding implements Disposable {
  readonly #options: RunEndingOptions;
  readonly #overdue = Promise.withResolvers<never>();
  readonly #interruption: Interruption;
  /** The run cannot be ended in order: what is on the way does not end. */
  #stuck = false;

  constructor(options: RunEndingOptions) {
    this.#options = options;
    this.#overdue.promise.catch(() => {}); // the run may have ended by then
    this.#interruption = new Interruption(() => options.leaveAtOnce(), {
      first: () => this.#sayIfHeard(() => options.begun()),
      patience: options.longest + GRACE,
      late: () => {
        this.#stuck = true;
        this.#overdue.reject(uncaught());
      },
    });
  }

  /** Aborts when the run is to end in order. */
  get signal(): AbortSignal {
    return this.#interruption.signal;
  }

  /** Rejects when the run does not end in order within its time. */
  get overdue(): Promise<never> {
    return this.#overdue.promise;
  }

  /** Says that the results of a run that is to end wait for their reader. */
  resultsWait(output: string): void {
    const place = output === STANDARD ? "standard output" : output;
    this.#sayIfHeard(() =>
      `The last results wait for the reader of ${place}; another Ctrl-C drops them.`
    );
  }

  /** Ends the program where the run could not be ended in order. */
  endIfStuck(): void {
    if (this.#stuck) this.#interruption.endAtOnce();
  }

  [Symbol.dispose](): void {
    this.#interruption[Symbol.dispose]();
  }

  /** A pipe that nobody reads must not keep the second Ctrl-C from being heard. */
  #sayIfHeard(text: () => string): void {
    const { stderr, say } = this.#options;
    if (stderr.fd === null || hasRoom(stderr.fd)) say(text());
  }
}
