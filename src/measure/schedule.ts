/** A target's part in one phase. */
export type Part = () => Promise<void>;

/** A target's right to be under way. */
export interface Pass {
  /**
   * Runs its parts, one for each phase, when each phase has its turn; may be called again when they
   * have ended. False when they were given up before their end, because the run is to end.
   */
  run(parts: readonly Part[]): Promise<boolean>;
  /** Gives it back. */
  end(): void;
}

/** Decides who runs when. */
export interface Schedule {
  /** Whether what is under way would be given up if the run were to end now. */
  readonly givesUp: boolean;
  /** Waits until one more target may be under way. Only one may wait for it at a time. */
  admit(): Promise<Pass>;
  /** Waits until none is. No more may be admitted. */
  finish(): Promise<void>;
  /** The run is to end. */
  stop(): void;
  /** Puts back at once what phases have set, without waiting for what is under way. */
  close(): Promise<void>;
}

/** Something that others wait for, each for a condition of its own. */
export class Changes {
  #waiting: (() => void)[] = [];

  /** Lets whoever waits look again. */
  tell(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }

  /** Waits until it holds; it is looked at now and at every change. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
}

/** One phase for all: so many targets at once, each as soon as it comes. */
export class Free implements Schedule {
  readonly givesUp = false;
  readonly #workers: number;
  readonly #changes = new Changes();
  #inFlight = 0;

  constructor(workers: number) {
    this.#workers = workers;
  }

  async admit(): Promise<Pass> {
    await this.#changes.until(() => this.#inFlight < this.#workers);
    this.#inFlight++;
    return {
      run: async (parts) => {
        for (const part of parts) await part();
        return true;
      },
      end: () => {
        this.#inFlight--;
        this.#changes.tell();
      },
    };
  }

  finish(): Promise<void> {
    return this.#changes.until(() => this.#inFlight === 0);
  }

  /** What is in flight is finished. */
  stop(): void {}

  close(): Promise<void> {
    return Promise.resolve();
  }
}
