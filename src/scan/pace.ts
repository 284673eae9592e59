/** The longest delay to catch up on when the program was busy, in milliseconds. */
const CATCH_UP = 50;
/** How much is gathered before it is worth a call, in milliseconds. */
const GATHER = 1;

/** What Ethernet adds to each IP packet: header, checksum, preamble and the gap between frames. */
const FRAMING = 14 + 4 + 8 + 12;

/**
 * A token bucket: lets packets pass at a steady rate, by the monotonic clock. What was missed while
 * the program was busy is caught up, but never more than 1/20 s of it at once.
 */
export class Pace {
  /** Packets a millisecond; infinite without a limit. */
  readonly #rate: number;
  /** The time up to which packets have passed. */
  #until: number | null = null;

  /** @param rate packets a second; 0 for no limit */
  constructor(rate: number) {
    this.#rate = rate === 0 ? Infinity : rate / 1000;
  }

  /** How many may pass now, `most` at most; they count as passed. */
  take(now: number, most: number): number {
    if (this.#rate === Infinity) return most;
    const interval = 1 / this.#rate;
    this.#until = Math.max(this.#until ?? now - interval, now - CATCH_UP - interval);
    const may = Math.min(most, Math.floor((now - this.#until) * this.#rate + 1e-6));
    this.#until += may * interval;
    return may;
  }

  /** Gives back packets that were taken and not sent. */
  giveBack(count: number): void {
    if (this.#until !== null) this.#until -= count / this.#rate;
  }

  /** Milliseconds until it is worth while to take again. */
  wait(now: number): number {
    if (this.#until === null) return 0;
    return Math.max(0, this.#until + Math.max(GATHER, 1 / this.#rate) - now);
  }
}

/**
 * The rate that fills a bandwidth, in packets a second.
 *
 * @param bandwidth in bits a second, as Ethernet counts them
 * @param length octets of the IP packets
 */
export function rateOf(bandwidth: number, length: number): number {
  // The least that a frame carries (IEEE 802.3, clause 4A.4.2)
  return bandwidth / (8 * (Math.max(length, 46) + FRAMING));
}
