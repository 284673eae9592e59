/** Something that is to happen at a time. */
interface Due {
  readonly at: number;
  /** Which came first, of those at the same time. */
  readonly order: number;
  readonly act: () => void;
}

/** What is to happen later, by its time; what is due at the same time happens in its order. */
export class Schedule {
  readonly #heap: Due[] = [];
  #order = 0;

  /** How much waits. */
  get size(): number {
    return this.#heap.length;
  }

  /** When the next is due; null when nothing waits. */
  get next(): number | null {
    return this.#heap[0]?.at ?? null;
  }

  add(at: number, act: () => void): void {
    const heap = this.#heap;
    const due = { at, order: this.#order++, act };
    let place = heap.push(due) - 1;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (!isBefore(due, heap[parent]!)) break;
      heap[place] = heap[parent]!;
      place = parent;
    }
    heap[place] = due;
  }

  /** Does what is due by now. */
  run(now: number): void {
    while (this.#heap.length > 0 && this.#heap[0]!.at <= now) this.#take().act();
  }

  #take(): Due {
    const heap = this.#heap;
    const first = heap[0]!;
    const last = heap.pop()!;
    if (heap.length === 0) return first;
    let place = 0;
    while (true) {
      let child = place * 2 + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++;
      if (!isBefore(heap[child]!, last)) break;
      heap[place] = heap[child]!;
      place = child;
    }
    heap[place] = last;
    return first;
  }
}

function isBefore(one: Due, other: Due): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}
