/** A place in the order that the scan has come to. */
interface Mark {
  readonly position: number;
  /** Targets that were taken up to there. */
  readonly taken: number;
  /** When the probes of them all were sent; null while they were not. */
  sentAt: number | null;
}

/**
 * How far a scan is done for certain: a position of the order counts once all probes up to there were
 * sent, so long ago that each of their targets was concluded.
 */
export class Checkpoints {
  readonly #settling: number;
  readonly #marks: Mark[] = [];

  /** @param settling how long after its last probe a target is concluded at the latest, in milliseconds */
  constructor(settling: number) {
    this.#settling = settling;
  }

  /** Notes where the order is, and how many targets were taken from it. */
  mark(position: number, taken: number): void {
    const last = this.#marks.at(-1);
    if (last?.position !== position) this.#marks.push({ position, taken, sentAt: null });
  }

  /**
   * The last position that counts; null when it is none, or was told before.
   *
   * @param finished targets, of those that were taken, all of whose probes were sent
   * @param now milliseconds since the begin
   * @param caughtUp the time up to which all answers were taken, and all targets concluded that were due
   */
  settled(finished: number, now: number, caughtUp: number): number | null {
    let position: number | null = null;
    for (const mark of this.#marks) {
      if (mark.taken > finished) break;
      mark.sentAt ??= now;
    }
    while (this.#marks.length > 0) {
      const { position: next, sentAt } = this.#marks[0]!;
      if (sentAt === null || caughtUp < sentAt + this.#settling) break;
      position = next;
      this.#marks.shift();
    }
    return position;
  }
}
