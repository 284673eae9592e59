import type { Clock } from "../evidence/policy.ts";
import { Waiters } from "./waiters.ts";
import type { Admission, PhaseWork, Schedule } from "./schedule.ts";

/** What sets the host up for each phase, and back. */
export interface PhaseStates {
  /** Begins a phase. Rejects when it cannot; it must be left all the same. */
  enter(phase: number): Promise<void>;
  /** Ends the phase. Rejects when the measurements in it are invalid. */
  leave(): Promise<void>;
  /** Leaves a phase that was not left, and restores everything. */
  close(): Promise<void>;
}

/** How phases take turns. */
export interface PhasedOptions {
  readonly states: PhaseStates;
  /** The numbers of all phases in the order of a batch, the first of which is batch 0. */
  order(batch: number): readonly number[];
  /** Targets at once in a phase. */
  readonly workers: number;
  /** How long the first phase takes new targets, in milliseconds. */
  readonly timeoutMs: number;
  /** Tells that time; this host's timers when missing. */
  readonly clock?: Pick<Clock, "after">;
  /** Ends what is in flight, in a phase that is aborted. */
  cancel(): void;
}

/** Targets of a batch at most, for each worker. */
const BATCH_PER_WORKER = 32;
/** Targets of a batch at most: the records of all are kept until the last phase. */
const LARGEST_BATCH = 20_000;

/** Timers of this host. */
const TIMERS: Pick<Clock, "after"> = {
  after(milliseconds, call) {
    const timer = setTimeout(call, milliseconds);
    return () => clearTimeout(timer);
  },
};

/** A target on its way through the phases. */
interface Queued {
  /** By the number of the phase. */
  readonly work: readonly PhaseWork[];
  readonly resolve: (ran: boolean) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Phases with a barrier between them: a batch of targets runs in the first, and when all have ended
 * there, exactly those in the next. The first phase takes new targets as workers come free, for as
 * long as one that does not answer is waited for; then it drains, so no phase waits longer than the
 * timeout. In the next phase the targets that ended last begin first: they will probably take
 * longest again. Which phase is the first, and which the next, is another order for each batch.
 */
export class PhasedSchedule implements Schedule {
  readonly overlaps = false;
  readonly #options: PhasedOptions;
  readonly #batch: number;
  readonly #waiters = new Waiters();
  /** Those that wait for each place in the order of phases; the last one begins first. */
  readonly #waiting: Queued[][];
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
  /** The order of the present batch. */
  #order: readonly number[];
  /** The place of the present phase in it; null between batches. */
  #place: number | null = null;
  #stopped = false;
  #cancelled = false;

  constructor(options: PhasedOptions) {
    this.#options = options;
    const most = Math.min(LARGEST_BATCH, BATCH_PER_WORKER * options.workers);
    this.#batch = Math.max(options.workers, most);
    this.#order = options.order(0);
    this.#waiting = this.#order.map(() => []);
    this.#cycle();
  }

  get givesUp(): boolean {
    return this.#place !== this.#last;
  }

  /** The last place in the order of phases. */
  get #last(): number {
    return this.#waiting.length - 1;
  }

  async admit(): Promise<Admission> {
    await this.#waiters.until(() => this.#stopped || this.#hasRoom());
    this.#inFlight++;
    this.#coming++;
    this.#take();
    let came = false;
    const come = () => {
      if (!came) this.#coming--;
      came = true;
      this.#waiters.tell();
    };
    return {
      run: (work) => {
        if (came) this.#take();
        const ran = this.#enqueue(work);
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
    return this.#waiters.until(() => this.#inFlight === 0);
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
    this.#waiters.tell();
    return this.#options.states.close();
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
    this.#waiters.tell();
  }

  #enqueue(work: readonly PhaseWork[]): Promise<boolean> {
    if (this.#stopped) return Promise.resolve(false);
    return new Promise((resolve, reject) => {
      this.#waiting[0]!.push({ work, resolve, reject });
    });
  }

  /** Goes through the phases, batch after batch, until the run is to end. */
  async #cycle(): Promise<void> {
    const first = this.#waiting[0]!;
    for (let batch = 0;; batch++) {
      this.#order = this.#options.order(batch);
      await this.#waiters.until(() => this.#stopped || first.length > 0);
      for (let place = 0; place <= this.#last && !this.#gone(place); place++) {
        await this.#pass(place);
      }
      this.#place = null;
      if (this.#stopped) break;
      this.#taken = first.length;
      this.#open = !this.#ending && this.#taken < this.#batch;
      this.#waiters.tell();
    }
    for (const { resolve } of this.#waiting.flat()) resolve(false);
  }

  /** Whether no phase may begin any more: once the run is to end, only the last one may. */
  #gone(place: number): boolean {
    return this.#cancelled || (this.#stopped && place < this.#last);
  }

  /** One phase, from its beginning to its end. */
  async #pass(place: number): Promise<void> {
    const { states, timeoutMs, clock = TIMERS } = this.#options;
    const ended: Queued[] = [];
    let cancel = () => {};
    this.#place = place;
    try {
      try {
        await states.enter(this.#order[place]!);
        if (place === 0) cancel = clock.after(timeoutMs, () => this.#close());
        await this.#drain(place, ended);
      } finally {
        cancel();
        await states.leave();
      }
    } catch (error) {
      for (const { reject } of [...ended, ...this.#waiting.flat()]) reject(error);
      for (const waiting of this.#waiting) waiting.length = 0;
      this.stop();
      return;
    }
    // Only now is it known that the results of the last phase are valid
    if (this.#cancelled) ended.forEach(({ resolve }) => resolve(false));
    else if (place === this.#last) ended.forEach(({ resolve }) => resolve(true));
    else this.#waiting[place + 1] = ended;
  }

  /** Runs the parts that wait for a phase, until none does and none can come. */
  async #drain(place: number, ended: Queued[]): Promise<void> {
    const waiting = this.#waiting[place]!;
    const mayCome = () => place === 0 && !this.#stopped && (this.#open || this.#coming > 0);
    await this.#waiters.until(() => {
      while (waiting.length > 0 && this.#running < this.#options.workers && !this.#cancelled) {
        this.#start(waiting.pop()!, this.#order[place]!, ended);
      }
      return this.#running === 0 && (this.#cancelled || !mayCome());
    });
  }

  #start(queued: Queued, phase: number, ended: Queued[]): void {
    this.#running++;
    queued.work[phase]!()
      .then(() => ended.push(queued), queued.reject)
      .finally(() => {
        this.#running--;
        this.#waiters.tell();
      });
  }
}
