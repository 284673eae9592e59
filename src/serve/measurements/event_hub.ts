import { keptText, type Progress, progressText } from "./event_text.ts";
import type { StoredEvent } from "./result_store.ts";

/** How often is told how far a measurement is, at most, in milliseconds. */
const TEMPO = 250;

/** What is heard of a measurement, and its text, which is made once for all who hear it. */
export type Heard =
  & { readonly text: Uint8Array }
  & (
    /** Something that is kept. */
    | { readonly kept: StoredEvent }
    /** How far it is, which is not kept. */
    | { readonly kept: null }
  );

/** A measurement that is under way. */
interface UnderWay {
  progress: Progress;
  isTold: boolean;
  readonly timer: ReturnType<typeof setInterval>;
}

/** Tells everyone who listens what happens to measurements, while it happens. */
export class EventHub {
  readonly #listeners = new Map<number, Set<(heard: Heard) => void>>();
  readonly #underWay = new Map<number, UnderWay>();

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
    return this.#underWay.get(measurement)?.progress;
  }

  keep(measurement: number, kept: StoredEvent): void {
    this.#tell(measurement, () => ({ kept, text: keptText(kept) }));
  }

  /**
   * How far a measurement is. The first and the last are told at once, those between no more often than
   * anybody can read.
   *
   * @param progress null when it is not under way any more
   */
  note(measurement: number, progress: Progress | null): void {
    const underWay = this.#underWay.get(measurement);
    if (progress === null) {
      if (underWay === undefined) return;
      clearInterval(underWay.timer);
      this.#underWay.delete(measurement);
      this.#tellProgress(measurement, underWay);
    } else if (underWay === undefined) {
      const timer = setInterval(() => this.#tellProgress(measurement, begun), TEMPO);
      const begun: UnderWay = { progress, isTold: false, timer };
      this.#underWay.set(measurement, begun);
      this.#tellProgress(measurement, begun);
    } else {
      underWay.progress = progress;
      underWay.isTold = false;
    }
  }

  #tellProgress(measurement: number, underWay: UnderWay): void {
    if (underWay.isTold) return;
    underWay.isTold = true;
    this.#tell(measurement, () => ({ kept: null, text: progressText(underWay.progress) }));
  }

  #tell(measurement: number, heard: () => Heard): void {
    const listeners = this.#listeners.get(measurement);
    if (listeners === undefined) return;
    const same = heard();
    for (const each of listeners) each(same);
  }
}
