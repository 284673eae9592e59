import type { Packets } from "./packet_list.ts";

/** How much of a capture is observed. */
export interface LimitOptions {
  /** Packets at most. */
  readonly count?: number | undefined;
  /** Seconds of packet time at most. */
  readonly duration?: number | undefined;
  /** When the duration begins, in milliseconds since 1970; with the first packet when missing. */
  readonly from?: number | undefined;
}

/**
 * Ends an observation after a number of packets, or with the first packet whose time is the limit
 * or later. Both are exact: not one packet more is taken.
 */
export class Limits {
  readonly #duration: number | undefined;
  #left: number;
  /** Packets from this time on are not taken, in nanoseconds since 1970. */
  #end: bigint | null = null;
  /** The limit that was reached; null before. */
  reached: "count" | "duration" | null = null;

  constructor({ count, duration, from }: LimitOptions = {}) {
    this.#left = count ?? Infinity;
    this.#duration = duration;
    if (duration === undefined || from === undefined) return;
    this.#end = nanoseconds(from) + span(duration);
  }

  /** Ends it now, in milliseconds since 1970, so that no later packet is taken. */
  end(now: number): void {
    if (!this.#isOver(now)) this.#end = nanoseconds(now);
  }

  /** How many packets may be read next, `most` at most. */
  allow(most: number): number {
    return Math.min(most, this.#left);
  }

  /**
   * Sets the current time, so that a duration ends without packets too. In milliseconds since 1970.
   */
  tell(now: number): void {
    if (this.#isOver(now)) this.reached ??= "duration";
  }

  #isOver(now: number): boolean {
    return this.#end !== null && nanoseconds(now) >= this.#end;
  }

  /** Takes packets, in their order; how many of them are within the limits. */
  take(packets: Pick<Packets, "count" | "time">): number {
    const within = this.#within(packets, Math.min(packets.count, this.#left));
    this.#left -= within;
    if (this.#left <= 0) this.reached ??= "count";
    return within;
  }

  #within(packets: Pick<Packets, "time">, count: number): number {
    if (count === 0 || this.#end === null && this.#duration === undefined) return count;
    this.#end ??= packets.time(0) + span(this.#duration!);
    for (let i = 0; i < count; i++) {
      if (packets.time(i) < this.#end) continue;
      this.reached = "duration";
      return i;
    }
    return count;
  }
}

/** Milliseconds since 1970 in nanoseconds. */
function nanoseconds(milliseconds: number): bigint {
  const whole = Math.floor(milliseconds);
  return BigInt(whole) * 1_000_000n + BigInt(Math.round((milliseconds - whole) * 1e6));
}

/** Seconds in nanoseconds. */
function span(seconds: number): bigint {
  return BigInt(Math.round(seconds * 1e9));
}
