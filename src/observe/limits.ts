import { RECORD_HEADER, recordLength } from "./records.ts";

/** Where a time is counted from, and how far: packets from there on are not taken. */
interface End {
  /** Whole seconds since 1970. */
  readonly second: number;
  /** Nanoseconds after that second; may be more than a second of them. */
  readonly nanoseconds: number;
}

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
  #end: End | null = null;
  /** The limit that was reached; null before. */
  reached: "count" | "duration" | null = null;

  constructor({ count, duration, from }: LimitOptions = {}) {
    this.#left = count ?? Infinity;
    this.#duration = duration;
    if (duration === undefined || from === undefined) return;
    this.#end = after(from, duration);
  }

  /** Ends it now, in milliseconds since 1970, so that no later packet is taken. */
  end(now: number): void {
    if (!this.#isOver(now)) this.#end = after(now, 0);
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
    if (this.#end === null) return false;
    const { second, nanoseconds } = this.#end;
    return (now - second * 1000) * 1e6 >= nanoseconds;
  }

  /**
   * Takes a batch of `packets` records.
   *
   * @param fraction what one unit of a time's fraction is worth, in nanoseconds
   * @returns how many of its octets, whole records, are within the limits
   */
  take(batch: Uint8Array<ArrayBuffer>, packets: number, fraction: number): number {
    this.#left -= packets;
    if (this.#left <= 0) this.reached ??= "count";
    const timed = this.#end !== null || this.#duration !== undefined;
    return timed ? this.#cut(batch, fraction) : batch.length;
  }

  #cut(batch: Uint8Array<ArrayBuffer>, fraction: number): number {
    const view = new DataView(batch.buffer, batch.byteOffset, batch.byteLength);
    let at = 0;
    while (at + RECORD_HEADER <= batch.length) {
      const second = view.getUint32(at, true);
      const nanoseconds = view.getUint32(at + 4, true) * fraction;
      this.#end ??= { second, nanoseconds: nanoseconds + this.#duration! * 1e9 };
      if ((second - this.#end.second) * 1e9 + nanoseconds >= this.#end.nanoseconds) {
        this.reached = "duration";
        return at;
      }
      at += recordLength(view, at);
    }
    return batch.length;
  }
}

/** A number of seconds after a time in milliseconds since 1970. */
function after(from: number, seconds: number): End {
  const second = Math.floor(from / 1000);
  return { second, nanoseconds: (from - second * 1000) * 1e6 + seconds * 1e9 };
}
