/** Most callers that are remembered; those that were idle longest are forgotten first. */
const MOST = 10_000;

interface Bucket {
  tokens: number;
  /** When it was filled last, in milliseconds. */
  since: number;
}

/** Lets each caller do something so often (a token bucket for each). */
export class RateLimit {
  readonly #perSecond: number;
  readonly #burst: number;
  /** In the order in which they were used. */
  readonly #buckets = new Map<string, Bucket>();

  /**
   * @param perSecond how often on the average
   * @param burst how often at once
   */
  constructor(perSecond: number, burst: number) {
    this.#perSecond = perSecond;
    this.#burst = burst;
  }

  /** Counts one call; 0 when it may be, else seconds until the next one may. */
  take(caller: string, now = performance.now()): number {
    const bucket = this.#buckets.get(caller) ?? { tokens: this.#burst, since: now };
    this.#buckets.delete(caller);
    this.#buckets.set(caller, bucket);
    if (this.#buckets.size > MOST) this.#buckets.delete(this.#buckets.keys().next().value!);
    const gained = (now - bucket.since) / 1000 * this.#perSecond;
    bucket.tokens = Math.min(this.#burst, bucket.tokens + gained);
    bucket.since = now;
    if (bucket.tokens < 1) return (1 - bucket.tokens) / this.#perSecond;
    bucket.tokens--;
    return 0;
  }
}
