import { Changes, type Part, type Pass, type Schedule } from "./schedule.ts";

/** What sets the host up for each phase, and back. */
export interface Turns {
  /** Begins a phase. Rejects when it cannot; it must be left all the same. */
  enter(phase: number): Promise<void>;
  /** Ends the phase. Rejects when what was measured in it does not count. */
  leave(): Promise<void>;
  /** Leaves a phase that was not left, and puts everything back. */
  close(): Promise<void>;
}

/** How phases take turns. */
export interface PhasesOptions {
  /** How many there are. */
  readonly phases: number;
  readonly turns: Turns;
  /** Targets at once in a phase. */
  readonly workers: number;
  /** How long the first phase takes new targets, in milliseconds. */
  readonly timeoutMs: number;
  /** Ends what is in flight, in a phase that is given up. */
  cancel(): void;
}

/** Targets of a batch at most, for each worker. */
const BATCH_PER_WORKER = 32;
/** Targets of a batch at most: the records of all are kept until the last phase. */
const LARGEST_BATCH = 20_000;

/** A target on its way through the phases. */
interface Passenger {
  readonly parts: readonly Part[];
  readonly resolve: (ran: boolean) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Phases with a barrier between them: a batch of targets runs in the first, and when all have ended
 * there, exactly those in the next. The first phase takes new targets as workers come free, for as
 * long as one that does not answer is waited for; then it drains, so no phase waits longer than the
 * timeout. In the next phase those begin that ended last: they are what will take longest again.
 */
export class Phases implements Schedule {
  readonly #options: PhasesOptions;
  readonly #batch: number;
  readonly #changes = new Changes();
  /** Those that wait for each phase; the last one begins first. */
  readonly #waiting: Passenger[][];
  /** Targets that have a pass. */
  #inFlight = 0;
  /** Targets that have one and do not wait for a phase yet. */
  #coming = 0;
  /** Targets of the present batch. */
  #taken = 0;
  /** Whether the batch takes new targets. */
  #open = true;
  /** Whether the targets have come to their end. */
  #ending = false;
  /** Parts under way. */
  #running = 0;
  /** The present phase; null between batches. */
  #phase: number | null = null;
  #stopped = false;
  #cancelled = false;

  constructor(options: PhasesOptions) {
    this.#options = options;
    const most = Math.min(LARGEST_BATCH, BATCH_PER_WORKER * options.workers);
    this.#batch = Math.max(options.workers, most);
    this.#waiting = Array.from({ length: options.phases }, () => []);
    this.#cycle();
  }

  get givesUp(): boolean {
    return this.#phase !== this.#options.phases - 1;
  }

  async admit(): Promise<Pass> {
    await this.#changes.until(() => this.#stopped || this.#hasRoom());
    this.#inFlight++;
    this.#coming++;
    this.#take();
    let came = false;
    const come = () => {
      if (!came) this.#coming--;
      came = true;
      this.#changes.tell();
    };
    return {
      run: (parts) => {
        if (came) this.#take();
        const ran = this.#enqueue(parts);
        come();
        return ran;
      },
      end: () => {
        this.#inFlight--;
        come();
      },
    };
  }

  finish(): Promise<void> {
    this.#ending = true;
    this.#close();
    return this.#changes.until(() => this.#inFlight === 0);
  }

  /** The last phase is finished; in any other, targets could not come to their end. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    if (this.givesUp) {
      this.#cancelled = true;
      this.#options.cancel();
    }
    this.#close();
  }

  close(): Promise<void> {
    this.#cancelled = true;
    this.#stopped = true;
    this.#changes.tell();
    return this.#options.turns.close();
  }

  #hasRoom(): boolean {
    const busy = this.#coming + this.#waiting[0]!.length + this.#running;
    return this.#open && busy < this.#options.workers;
  }

  #take(): void {
    this.#taken++;
    if (this.#taken >= this.#batch) this.#open = false;
  }

  #close(): void {
    this.#open = false;
    this.#changes.tell();
  }

  #enqueue(parts: readonly Part[]): Promise<boolean> {
    if (this.#stopped) return Promise.resolve(false);
    return new Promise((resolve, reject) => {
      this.#waiting[0]!.push({ parts, resolve, reject });
    });
  }

  /** Goes through the phases, batch after batch, until the run is to end. */
  async #cycle(): Promise<void> {
    const first = this.#waiting[0]!;
    for (;;) {
      await this.#changes.until(() => this.#stopped || first.length > 0);
      for (let phase = 0; phase < this.#options.phases && !this.#gone(phase); phase++) {
        await this.#pass(phase);
      }
      this.#phase = null;
      if (this.#stopped) break;
      this.#taken = first.length;
      this.#open = !this.#ending && this.#taken < this.#batch;
      this.#changes.tell();
    }
    for (const { resolve } of this.#waiting.flat()) resolve(false);
  }

  /** Whether nothing is to begin any more: once the run is to end, only the last phase may. */
  #gone(phase: number): boolean {
    return this.#cancelled || (this.#stopped && phase < this.#options.phases - 1);
  }

  /** One phase, from its beginning to its end. */
  async #pass(phase: number): Promise<void> {
    const { turns, timeoutMs, phases } = this.#options;
    const ended: Passenger[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    this.#phase = phase;
    try {
      try {
        await turns.enter(phase);
        if (phase === 0) timer = setTimeout(() => this.#close(), timeoutMs);
        await this.#drain(phase, ended);
      } finally {
        clearTimeout(timer);
        await turns.leave();
      }
    } catch (error) {
      for (const { reject } of [...ended, ...this.#waiting.flat()]) reject(error);
      for (const waiting of this.#waiting) waiting.length = 0;
      this.stop();
      return;
    }
    // What the last phase ended is known to count only now
    if (this.#cancelled) ended.forEach(({ resolve }) => resolve(false));
    else if (phase === phases - 1) ended.forEach(({ resolve }) => resolve(true));
    else this.#waiting[phase + 1] = ended;
  }

  /** Runs what waits for a phase, until nothing does and nothing more can come. */
  async #drain(phase: number, ended: Passenger[]): Promise<void> {
    const waiting = this.#waiting[phase]!;
    const mayCome = () => phase === 0 && !this.#stopped && (this.#open || this.#coming > 0);
    await this.#changes.until(() => {
      while (waiting.length > 0 && this.#running < this.#options.workers && !this.#cancelled) {
        this.#start(waiting.pop()!, phase, ended);
      }
      return this.#running === 0 && (this.#cancelled || !mayCome());
    });
  }

  #start(passenger: Passenger, phase: number, ended: Passenger[]): void {
    this.#running++;
    passenger.parts[phase]!()
      .then(() => ended.push(passenger), passenger.reject)
      .finally(() => {
        this.#running--;
        this.#changes.tell();
      });
  }
}
