import type { VirtualClock } from "./virtual_clock.ts";

/** The least timeout of a retransmission, in milliseconds, as Linux has it. */
const LEAST_TIMEOUT = 200;
/** How long a probe waits at least, in milliseconds. */
const PROBE = 2;
/** How often a segment is sent again before the connection is given up. */
const MOST_TRIES = 8;

/** A segment that takes up sequence numbers. */
export interface SentSegment {
  readonly sequence: number;
  readonly flags: number;
  readonly payload: Uint8Array<ArrayBuffer>;
}

/** What becomes of segments that are not acknowledged in time. */
export interface SentQueueOptions {
  readonly clock: VirtualClock;
  sendAgain(segment: SentSegment): void;
  giveUp(): void;
}

/** What was sent and is not acknowledged yet, which is sent again. */
export class SentQueue {
  /** Milliseconds of the handshake's round trip. */
  roundTrip = 0;
  readonly #options: SentQueueOptions;
  #segments: SentSegment[] = [];
  /** How often the first of them was sent again; the probe before that does not count. */
  #tries = -1;
  #cancel: () => void = () => {};

  constructor(options: SentQueueOptions) {
    this.#options = options;
  }

  get isEmpty(): boolean {
    return this.#segments.length === 0;
  }

  add(segment: SentSegment): void {
    this.#segments.push(segment);
    if (this.#segments.length === 1) this.#arm();
  }

  /** Forgets what was acknowledged. */
  confirm(acknowledgment: number): void {
    const left = this.#segments.filter(({ sequence }) => isAfter(sequence + 1, acknowledgment));
    if (left.length === this.#segments.length) return;
    this.#segments = left;
    this.#tries = -1;
    this.#arm();
  }

  /** Sends all of it again at once. */
  sendAgain(): void {
    for (const segment of this.#segments) this.#options.sendAgain(segment);
  }

  /** Sends nothing more. */
  stop(): void {
    this.#cancel();
  }

  /**
   * Sets the timer. The last segment is sent again first, as a probe of what was lost at the end (RFC
   * 8985, section 7), and after that the first one (RFC 6298).
   */
  #arm(): void {
    this.#cancel();
    const { length } = this.#segments;
    if (length === 0) return;
    const { roundTrip } = this;
    const timeout = this.#tries < 0
      ? 2 * roundTrip + (length === 1 ? LEAST_TIMEOUT : PROBE)
      : (roundTrip + Math.max(LEAST_TIMEOUT, 2 * roundTrip)) * 2 ** this.#tries;
    const { clock, sendAgain, giveUp } = this.#options;
    this.#cancel = clock.after(timeout, () => {
      if (this.#tries === MOST_TRIES) return giveUp();
      const segment = this.#segments.at(this.#tries < 0 ? -1 : 0)!;
      this.#tries++;
      sendAgain(segment);
      this.#arm();
    });
  }
}

/** Whether a sequence number is behind another one. */
export function isAfter(one: number, other: number): boolean {
  return (one - other | 0) > 0;
}
