/** How long a count of what was dropped holds, in milliseconds. */
const FRESH = 50;

/**
 * Tells whether answers may have been lost in this host: packets that the kernel dropped since the
 * capture was not read in time. A silence then says nothing.
 */
export class LostAnswers {
  readonly #dropped: () => number;
  readonly #holdsMs: number;
  #counted = 0;
  #looked = -Infinity;
  /** When it was last seen that more had been dropped. */
  #lost = -Infinity;

  /**
   * @param dropped how many packets the kernel has dropped so far
   * @param holdsMs how long after its first probe a target is concluded at the latest, in milliseconds
   */
  constructor(dropped: () => number, holdsMs: number) {
    this.#dropped = dropped;
    this.#holdsMs = holdsMs;
  }

  /** Whether answers to a target that is concluded at a time may have been lost, in milliseconds of one clock. */
  at(ms: number): boolean {
    if (ms - this.#looked >= FRESH) {
      this.#looked = ms;
      const count = this.#dropped();
      if (count !== this.#counted) this.#lost = ms;
      this.#counted = count;
    }
    return ms - this.#lost < this.#holdsMs;
  }
}
