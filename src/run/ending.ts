/**
 * What ends a run early. Steps that write what was found are taken all the same, and what failed first is
 * told: what fails later is most likely its consequence.
 */
export class FirstFailure {
  #failure: unknown = null;

  /** What failed first; null when nothing did. */
  get failure(): unknown {
    return this.#failure;
  }

  /** Takes note of what failed. */
  note(error: unknown): void {
    this.#failure ??= error;
  }

  /** Takes a step, and note of it when it fails. */
  async attempt(step: () => void | Promise<void>): Promise<void> {
    try {
      await step();
    } catch (error) {
      this.note(error);
    }
  }
}

/**
 * Takes the last step of a run: it writes how that ended.
 *
 * @param failure what ended the run early; null when nothing did
 * @throws what ended it early; else what the step throws
 */
export function endWith(failure: unknown, step: () => void): void {
  try {
    step();
  } catch (error) {
    throw failure ?? error;
  }
  if (failure !== null) throw failure;
}
