import { setImmediate } from "node:timers";
import { libc, must } from "./libc.ts";

/** Readiness of a descriptor, as bits (epoll_ctl(2)). Errors and hang-ups are always reported. */
export const READY = { read: 0x1, write: 0x4, error: 0x8, hangUp: 0x10 } as const;

/** Reports a descriptor each time it is ready, until it is removed. */
export type Handler = (events: number) => void;

const EPOLL_CLOEXEC = 0o2000000;
const EFD_CLOEXEC_NONBLOCK = 0o2004000;
const EPOLL_CTL_ADD = 1;
const EPOLL_CTL_DEL = 2;
const EPOLL_CTL_MOD = 3;
const EPOLLET = 1 << 31;

/** Events that one call reports at most. */
const BATCH = 1024;
/** The longest wait in milliseconds, where nothing asks for a turn sooner. */
const LONGEST_WAIT = 50;
/** The wait where something is about to come that does not wake the loop, in milliseconds. */
const SHORT_WAIT = 1;
/** How often in a row a poll may fail before the loop gives up. */
const MOST_REFUSED = 100;
/** What a turn counts for at most on the loop's clock, in milliseconds: see `now`. */
const LONGEST_TURN = 100;

// struct epoll_event is packed on x86-64 only: events at 0, then data (here: descriptor and
// generation), at once or after four octets of padding. In words of 32 bits:
const WORDS = Deno.build.arch === "x86_64" ? 3 : 4;
const DATA = WORDS - 2;

interface HandlerSlot {
  readonly generation: number;
  readonly handler: Handler;
}

/**
 * One epoll loop: descriptors and who handles them. It waits on a thread of Deno's pool, so timers,
 * signals and streams go on beside it. Descriptors are level-triggered.
 *
 * @example
 * ```ts ignore
 * using reactor = new Reactor();
 * const running = reactor.run();
 * reactor.add(fd, READY.read, () => take(fd));
 * reactor.stop();
 * await running;
 * ```
 */
export class Reactor implements Disposable {
  readonly #epoll: number;
  readonly #waker: number;
  readonly #registrations: (HandlerSlot | undefined)[] = [];
  readonly #turns: (() => void)[] = [];
  readonly #events = new Uint32Array(BATCH * WORDS);
  readonly #change = new Uint32Array(WORDS);
  readonly #longestWait: number;
  #generation = 0;
  #refused = 0;
  #now = 0;
  #turnBegan = performance.now();
  #behind = false;
  /** When the next turn is to come at the latest, by `performance.now`: see `soon`. */
  #by = Infinity;
  /** Until when it waits for events at most; -Infinity while it does not wait. */
  #waitsUntil = -Infinity;
  #running = false;
  #stopping = false;

  /**
   * @param idleMs the longest wait, in milliseconds
   */
  constructor(idleMs = LONGEST_WAIT) {
    this.#longestWait = idleMs;
    this.#epoll = must("epoll_create1", libc.epoll_create1(EPOLL_CLOEXEC));
    this.#waker = must("eventfd", libc.eventfd(0, EFD_CLOEXEC_NONBLOCK));
    // Edge-triggered, so that each write wakes the loop once and nothing must be read back.
    this.add(this.#waker, READY.read | EPOLLET, () => {});
  }

  /**
   * Watches a descriptor for {@linkcode READY} bits.
   *
   * @throws when the kernel refuses, such as for one that is watched already.
   */
  add(fd: number, events: number, handler: Handler): void {
    // A descriptor that is closed and opened again within one turn is another one: the generation
    // tells an event of the old one, already reported in this batch, from those of the new.
    this.#generation = (this.#generation + 1) >>> 0;
    this.#control(EPOLL_CTL_ADD, fd, events, this.#generation);
    this.#registrations[fd] = { generation: this.#generation, handler };
  }

  /** Changes the bits that a watched descriptor is watched for. */
  modify(fd: number, events: number): void {
    const registration = this.#registrations[fd];
    if (registration === undefined) throw new Error(`descriptor ${fd} is not watched`);
    this.#control(EPOLL_CTL_MOD, fd, events, registration.generation);
  }

  /** Ends watching. Must come before the descriptor is closed. */
  remove(fd: number): void {
    if (this.#registrations[fd] === undefined) throw new Error(`descriptor ${fd} is not watched`);
    this.#registrations[fd] = undefined;
    this.#control(EPOLL_CTL_DEL, fd, 0, 0);
  }

  /**
   * The same for a descriptor of ours alone that is closed right after: the kernel forgets it by
   * itself, which saves one call per connection.
   */
  removeClosing(fd: number): void {
    if (this.#registrations[fd] === undefined) throw new Error(`descriptor ${fd} is not watched`);
    this.#registrations[fd] = undefined;
  }

  /**
   * A clock for timeouts, in milliseconds: the time in which this program was listening. While it
   * is stopped, stalled, or {@linkcode behind}, the clock stands still, so that no peer times out
   * because of us.
   */
  get now(): number {
    if (this.#behind) return this.#now;
    return this.#now + Math.min(performance.now() - this.#turnBegan, LONGEST_TURN);
  }

  /** Calls back after every turn: at least every 50 ms, or as often as was said, with or without events. */
  onTurn(callback: () => void): void {
    this.#turns.push(callback);
  }

  /**
   * Reports that not all that is ready could be handled in this turn, so that the turn does not
   * count: the clock steps back to its beginning.
   */
  behind(): void {
    this.#behind = true;
  }

  /**
   * Makes the next turn come within a millisecond, or so many: something is about to come that does not
   * wake the loop, such as a deadline, or captured packets.
   */
  soon(milliseconds = SHORT_WAIT): void {
    const by = performance.now() + milliseconds;
    if (by >= this.#by) return;
    this.#by = by;
    if (by < this.#waitsUntil) this.wake();
  }

  /** Makes the next turn come at once. */
  wake(): void {
    must("eventfd_write", libc.eventfd_write(this.#waker, 1n));
  }

  /** Handles events until {@linkcode stop}. Rejects with what a handler or callback throws. */
  async run(): Promise<void> {
    if (this.#running) throw new Error("the reactor runs already");
    this.#running = true;
    try {
      while (!this.#stopping) {
        // A call that does not wait costs a quarter of a microsecond, the thread pool forty.
        const count = this.#poll();
        this.#turn(count > 0 ? count : await this.#wait());
        await othersTurn();
      }
    } finally {
      this.#running = false;
      this.#stopping = false;
    }
  }

  /** Lets {@linkcode run} end after the turn that it is in. */
  stop(): void {
    this.#stopping = true;
    this.wake();
  }

  /** Frees the loop's own descriptors. The loop must have ended. */
  close(): void {
    if (this.#running) throw new Error("the reactor still runs: stop it and await its end");
    libc.close(this.#waker);
    libc.close(this.#epoll);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #turn(count: number): void {
    this.#now = this.now;
    this.#behind = false;
    this.#turnBegan = performance.now();
    this.#by = Infinity;
    const events = this.#events;
    for (let at = 0; at < count * WORDS; at += WORDS) {
      const registration = this.#registrations[events[at + DATA]!];
      if (registration !== undefined && registration.generation === events[at + DATA + 1]) {
        registration.handler(events[at]!);
      }
    }
    for (const callback of this.#turns) callback();
  }

  #poll(): number {
    const count = libc.epoll_wait(this.#epoll, this.#events, BATCH, 0);
    this.#refused = count < 0 ? this.#refused + 1 : 0;
    // A signal may interrupt it; the error number is not reliable (see `lastErrno`)
    return this.#refused < MOST_REFUSED ? Math.max(count, 0) : must("epoll_wait", count);
  }

  async #wait(): Promise<number> {
    const now = performance.now();
    const wait = Math.min(Math.ceil(this.#by - now), this.#longestWait);
    if (wait <= 0) return 0;
    this.#waitsUntil = now + wait;
    const count = await libc.epoll_wait_nonblocking(this.#epoll, this.#events, BATCH, wait);
    this.#waitsUntil = -Infinity;
    // Its errno is another thread's: a lasting error recurs in the next turn's poll.
    return Math.max(count, 0);
  }

  #control(operation: number, fd: number, events: number, generation: number): void {
    this.#change[0] = events;
    this.#change[DATA] = fd;
    this.#change[DATA + 1] = generation;
    must("epoll_ctl", libc.epoll_ctl(this.#epoll, operation, fd, this.#change));
  }
}

/** Lets timers, signals and streams have their turn. */
function othersTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
