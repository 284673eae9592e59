/** Lets callers wait, each for a condition of its own. */
export class Waiters {
  #waiting: (() => void)[] = [];

  /** Makes all waiters check their conditions again. */
  tell(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }

  /** Waits until it holds; it is looked at now and at every change. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
}
