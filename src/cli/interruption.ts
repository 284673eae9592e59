import { hangupIgnored, keepHangupIgnored } from "../host/hangup.ts";
import { giveUp, onUncaught } from "./uncaught.ts";

/** The signals that ask a program to end. */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** The exit status of a program that SIGINT ended, as shells give it. */
export const INTERRUPTED = 130;

/** How long an orderly shutdown may take after an uncaught error, in milliseconds. */
const PATIENCE = 10_000;

/** Options of an interruption. */
export interface InterruptionOptions {
  /** Called on the first signal. */
  readonly first?: () => void;
  /** How long an orderly shutdown may take after an uncaught error, in milliseconds. */
  readonly patience?: number;
  /** Called when it has taken that long, instead of {@linkcode Interruption.endAtOnce}. */
  readonly late?: () => void;
  /** Whether SIGHUP asks the program to end too; true when missing. */
  readonly hangup?: boolean;
}

/**
 * Turns the first signal that asks the program to end into an orderly end, by way of `signal`, and
 * likewise an error that nothing catches. The second signal ends it at once, after `atOnce` has put
 * back what must be. A SIGHUP that was ignored at start, as under nohup, stays ignored.
 */
export class Interruption implements Disposable {
  readonly #abort = new AbortController();
  readonly #atOnce: () => void;
  readonly #listener: () => void;
  readonly #signals: readonly (typeof SIGNALS)[number][];
  readonly #release: () => void;
  #late: ReturnType<typeof setTimeout> | undefined;

  constructor(atOnce: () => void, options: InterruptionOptions = {}) {
    const { first, patience = PATIENCE, late = () => this.endAtOnce(), hangup = true } = options;
    this.#signals = SIGNALS.filter((name) => name !== "SIGHUP" || hangup && !hangupIgnored);
    this.#atOnce = atOnce;
    this.#listener = () => {
      if (!this.signal.aborted) {
        this.#abort.abort();
        first?.();
        return;
      }
      try {
        atOnce();
      } finally {
        Deno.exit(INTERRUPTED);
      }
    };
    for (const name of this.#signals) Deno.addSignalListener(name, this.#listener);
    if (hangup) keepHangupIgnored();
    this.#release = onUncaught(() => {
      this.#abort.abort();
      this.#late = setTimeout(late, patience);
    });
  }

  /** Aborts with the first signal, or an error that nothing catches. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Ends the program with the error that nothing caught, after `atOnce`. */
  endAtOnce(): void {
    try {
      this.#atOnce();
    } finally {
      giveUp();
    }
  }

  [Symbol.dispose](): void {
    for (const name of this.#signals) Deno.removeSignalListener(name, this.#listener);
    this.#release();
    clearTimeout(this.#late);
  }
}
