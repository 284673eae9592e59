import { ROW } from "../target_row.ts";

/** How many targets may be set aside. */
const ROOM = 1 << 16;

/**
 * Targets that are sent later, each at a time of its own. There is room for a bounded number between
 * the one that was set aside first and the one that was set aside last.
 */
export class SetAside {
  readonly #rows = new Uint8Array(ROOM * ROW);
  readonly #due = new Float64Array(ROOM);
  readonly #steps = new Float64Array(ROOM);
  /** Numbers of places, those that are due first at the front: a binary heap. */
  readonly #heap = new Uint32Array(ROOM);
  #count = 0;
  /** Places are used in turn: how many were, and how many of the first of these are free again. */
  #used = 0;
  #freed = 0;

  /** How many wait. */
  get size(): number {
    return this.#count;
  }

  /** How many more there is room for. */
  get room(): number {
    return ROOM - (this.#used - this.#freed);
  }

  /** The step that the first of those that wait was found at; null when none waits. */
  get firstStep(): number | null {
    return this.#count === 0 ? null : this.#steps[this.#freed % ROOM]!;
  }

  /** When the next one is due; infinite when none waits. */
  get nextDue(): number {
    return this.#count === 0 ? Infinity : this.#due[this.#heap[0]!]!;
  }

  /** Sets a target aside; there must be room. */
  add(row: Uint8Array, step: number, due: number): void {
    const place = this.#used++ % ROOM;
    this.#rows.set(row, place * ROW);
    this.#steps[place] = step;
    this.#due[place] = due;
    this.#rise(this.#count++, place);
  }

  /** Takes the one out that is due first; there must be one. Its row is lent. */
  take(): Uint8Array {
    const place = this.#heap[0]!;
    const last = this.#heap[--this.#count]!;
    if (this.#count > 0) this.#sink(last);
    this.#due[place] = NaN;
    while (this.#freed < this.#used && Number.isNaN(this.#due[this.#freed % ROOM]!)) this.#freed++;
    return this.#rows.subarray(place * ROW, place * ROW + ROW);
  }

  #rise(from: number, place: number): void {
    const due = this.#due[place]!;
    let at = from;
    while (at > 0) {
      const above = at - 1 >> 1;
      if (this.#due[this.#heap[above]!]! <= due) break;
      this.#heap[at] = this.#heap[above]!;
      at = above;
    }
    this.#heap[at] = place;
  }

  /** Puts a place in at the front. */
  #sink(place: number): void {
    const due = this.#due[place]!;
    let at = 0;
    for (let below = 1; below < this.#count; below = 2 * at + 1) {
      const other = below + 1;
      if (other < this.#count && this.#due[this.#heap[other]!]! < this.#due[this.#heap[below]!]!) {
        below = other;
      }
      if (this.#due[this.#heap[below]!]! >= due) break;
      this.#heap[at] = this.#heap[below]!;
      at = below;
    }
    this.#heap[at] = place;
  }
}
