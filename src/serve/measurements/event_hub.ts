import type { StoredEvent } from "./result_store.ts";

/** How far a measurement is. */
export interface Progress {
  readonly done: number;
  readonly targets: number;
  readonly results: number;
  /** How many of its results are final: a batch that is interrupted is measured again. */
  readonly settled: number;
  /** Targets about which nothing is concluded. */
  readonly unobserved: number;
  /** Packets that the kernel dropped. */
  readonly drops: number;
}

/** What is heard of a measurement: what is kept, or how far it is, which is not. */
export type Heard =
  | { readonly kept: StoredEvent }
  | { readonly progress: Progress };

/** Tells everyone who listens what happens to measurements, while it happens. */
export class EventHub {
  readonly #listeners = new Map<number, Set<(heard: Heard) => void>>();
  readonly #progress = new Map<number, Progress>();

  /** Calls back with what happens to a measurement, until the returned function is called. */
  listen(measurement: number, each: (heard: Heard) => void): () => void {
    const all = this.#listeners.get(measurement) ?? new Set();
    this.#listeners.set(measurement, all);
    all.add(each);
    return () => {
      all.delete(each);
      if (all.size === 0 && this.#listeners.get(measurement) === all) {
        this.#listeners.delete(measurement);
      }
    };
  }

  /** How far a measurement is that is under way; undefined for one that is not. */
  progressOf(measurement: number): Progress | undefined {
    return this.#progress.get(measurement);
  }

  keep(measurement: number, kept: StoredEvent): void {
    this.#tell(measurement, { kept });
  }

  /** @param progress null when it is not under way any more */
  note(measurement: number, progress: Progress | null): void {
    if (progress === null) {
      this.#progress.delete(measurement);
      return;
    }
    this.#progress.set(measurement, progress);
    this.#tell(measurement, { progress });
  }

  #tell(measurement: number, heard: Heard): void {
    for (const each of this.#listeners.get(measurement) ?? []) each(heard);
  }
}
