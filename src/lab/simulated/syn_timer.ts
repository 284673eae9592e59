import type { VirtualClock } from "./virtual_clock.ts";

/** How long an unanswered SYN is waited for, in milliseconds. */
const PATIENCE = 1000;
/** How many SYNs follow each other so, before each is waited for twice as long (Linux 6.5 and later). */
const LINEAR = 4;
/** When a SYN is sent again that met an old connection, in milliseconds. */
const AT_ONCE = 10;

/** Has SYNs sent until they are answered. */
export class SynTimer {
  /** How many were sent. */
  sent = 0;
  readonly #clock: VirtualClock;
  readonly #send: () => void;
  #wait = PATIENCE;
  #cancel: () => void = () => {};

  /** @param send sends one */
  constructor(clock: VirtualClock, send: () => void) {
    this.#clock = clock;
    this.#send = send;
  }

  /** Has one sent now, and others after it. */
  next(): void {
    this.sent++;
    this.#send();
    this.#cancel = this.#clock.after(this.#wait, () => {
      if (this.sent > LINEAR) this.#wait *= 2;
      this.next();
    });
  }

  /** Has the next one sent soon. */
  hurry(): void {
    this.#cancel();
    this.#cancel = this.#clock.after(AT_ONCE, () => this.next());
  }

  stop(): void {
    this.#cancel();
  }
}
