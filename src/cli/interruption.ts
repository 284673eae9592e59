/** The signals that ask a program to end. */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** The exit status of a program that SIGINT ended, as shells give it. */
export const INTERRUPTED = 130;

/**
 * Turns the first signal that asks the program to end into an orderly end, by way of `signal`. The
 * second ends it at once, after `atOnce` has put back what must be. `first` is told of the first.
 */
export class Interruption implements Disposable {
  readonly #abort = new AbortController();
  readonly #listener: () => void;

  constructor(atOnce: () => void, first: () => void = () => {}) {
    this.#listener = () => {
      if (!this.signal.aborted) {
        this.#abort.abort();
        first();
        return;
      }
      try {
        atOnce();
      } finally {
        Deno.exit(INTERRUPTED);
      }
    };
    for (const signal of SIGNALS) Deno.addSignalListener(signal, this.#listener);
  }

  /** Aborts with the first signal. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  [Symbol.dispose](): void {
    for (const signal of SIGNALS) Deno.removeSignalListener(signal, this.#listener);
  }
}
