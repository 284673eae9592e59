/** A callback at a given time, unless it is cancelled before. */
export class Deadline {
  previous: Deadline | null = null;
  next: Deadline | null = null;

  constructor(
    public queue: DeadlineQueue | null,
    readonly at: number,
    public passed: () => void,
  ) {}
}

function nothing(): void {}

interface DeadlineQueue {
  first: Deadline | null;
  last: Deadline | null;
}

/**
 * Deadlines at constant cost each: those set with the same timeout fall due in the order in which
 * they were set, so each timeout has a queue and only its head need be looked at. Times are those
 * of one steady clock, in milliseconds.
 */
export class Deadlines {
  readonly #queues = new Map<number, DeadlineQueue>();

  /** Sets one, a number of milliseconds from now. */
  set(timeoutMs: number, now: number, passed: () => void): Deadline {
    let queue = this.#queues.get(timeoutMs);
    if (queue === undefined) this.#queues.set(timeoutMs, queue = { first: null, last: null });
    const deadline = new Deadline(queue, now + timeoutMs, passed);
    deadline.previous = queue.last;
    if (queue.last === null) queue.first = deadline;
    else queue.last.next = deadline;
    queue.last = deadline;
    return deadline;
  }

  /** Takes one back; without effect when it has passed or was cancelled. */
  cancel(deadline: Deadline): void {
    const { queue, previous, next } = deadline;
    if (queue === null) return;
    deadline.queue = null;
    if (previous === null) queue.first = next;
    else previous.next = next;
    if (next === null) queue.last = previous;
    else next.previous = previous;
    // A finished deadline must not reference later ones: if it is in the old generation of the
    // heap, it would keep the whole chain of later deadlines alive until a major collection
    deadline.previous = deadline.next = null;
    deadline.passed = nothing;
  }

  /** Calls back those that have passed, each once. */
  expire(now: number): void {
    for (const [timeoutMs, queue] of this.#queues) {
      for (let head = queue.first; head !== null && head.at <= now; head = queue.first) {
        const { passed } = head;
        this.cancel(head);
        passed();
      }
      if (queue.first === null) this.#queues.delete(timeoutMs);
    }
  }

  /** Milliseconds until the next one passes, Infinity when there is none. */
  untilNext(now: number): number {
    let next = Infinity;
    for (const { first } of this.#queues.values()) {
      if (first !== null && first.at < next) next = first.at;
    }
    return next - now;
  }
}
