/** Round-trip times and losses of the probes to one host, or one hop. */
export class RoundTrips {
  /** Probes with a known outcome. */
  sent = 0;
  /** Those that were answered. */
  received = 0;
  /** The last round-trip time, in milliseconds; null before the first. */
  last: number | null = null;
  best: number | null = null;
  worst: number | null = null;
  #sum = 0;
  #steps = 0;
  #change = 0;

  /** Counts a probe: its round-trip time in milliseconds, null when it was lost. */
  add(timeMs: number | null): void {
    this.sent++;
    if (timeMs === null) return;
    if (this.last !== null) {
      this.#steps++;
      this.#change += Math.abs(timeMs - this.last);
    }
    this.received++;
    this.#sum += timeMs;
    this.last = timeMs;
    this.best = Math.min(timeMs, this.best ?? Infinity);
    this.worst = Math.max(timeMs, this.worst ?? 0);
  }

  /** The share of probes that were lost, in percent; null before the first. */
  get loss(): number | null {
    return this.sent === 0 ? null : (this.sent - this.received) / this.sent * 100;
  }

  /** The mean round-trip time in milliseconds; null when nothing was received. */
  get average(): number | null {
    return this.received === 0 ? null : this.#sum / this.received;
  }

  /** The mean difference of successive round-trip times in milliseconds; null before the second. */
  get jitter(): number | null {
    return this.#steps === 0 ? null : this.#change / this.#steps;
  }
}
