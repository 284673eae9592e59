import type { Measurement } from "./measurement.ts";

/**
 * Whose turn it is: of the owners that have a measurement which waits or runs, the one whose last turn is
 * longest ago, so that a long measurement of one keeps no other waiting for longer than a turn.
 */
export class Turns {
  readonly #last = new Map<string | null, number>();
  #count = 0;

  /** Chooses among the oldest measurements of each owner; undefined where there is none. */
  next(oldestOfEach: readonly Measurement[]): Measurement | undefined {
    const owners = new Set(oldestOfEach.map(({ owner }) => owner));
    // Who has nothing more to do is new when he comes again
    for (const owner of this.#last.keys()) if (!owners.has(owner)) this.#last.delete(owner);
    const last = ({ owner }: Measurement) => this.#last.get(owner) ?? 0;
    const [chosen] = oldestOfEach.toSorted((a, b) => last(a) - last(b) || a.number - b.number);
    if (chosen !== undefined) this.#last.set(chosen.owner, ++this.#count);
    return chosen;
  }
}

/** How many targets a turn takes, so that it is about as long as turns are to be. */
export class BatchSize {
  readonly #seconds: number;
  readonly #sizes = new Map<number, number>();

  /** @param seconds how long turns are to be */
  constructor(seconds: number) {
    this.#seconds = seconds;
  }

  of(measurement: number): number {
    return this.#sizes.get(measurement) ?? FIRST;
  }

  /** Learns from a batch how fast a measurement is. */
  learn(measurement: number, targets: number, seconds: number): void {
    const size = Math.round(targets / Math.max(seconds, 0.001) * this.#seconds);
    this.#sizes.set(measurement, Math.min(MOST, Math.max(LEAST, size)));
  }

  forget(measurement: number): void {
    this.#sizes.delete(measurement);
  }
}

const LEAST = 50;
const FIRST = 500;
const MOST = 50_000;
