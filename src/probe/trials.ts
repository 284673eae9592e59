import { Waiting } from "./waiting.ts";

/**
 * A question that is answered at once: behind a command, its answer shows that the command did not
 * crash mtr-packet.
 */
class Mark extends Waiting {
  constructor(patience: number, private readonly passed: () => void) {
    super(patience);
  }

  text(): string {
    return "check-support feature send-probe";
  }

  replied(): void {
    this.passed();
  }

  failed(): void {}
}

/**
 * Finds the command that crashes mtr-packet. Version 0.95 crashes with SIGSEGV on a probe to an
 * address with an unreachable route (`ip route add unreachable PREFIX`), unless the probe names its
 * source. All pending commands are lost with it, so they are sent to the next process, one at a
 * time: the one on which it crashes again is the culprit.
 */
export class Trials {
  /** Commands that were pending when it crashed, in the order in which they were sent. */
  #suspects: Waiting[] = [];
  /** The one that is being tried. */
  #tried: Waiting | null = null;

  /** Whether a command is being tried, so that no other may be sent. */
  get busy(): boolean {
    return this.#tried !== null;
  }

  /**
   * Takes the next command to be tried, with what is to be sent behind it; nothing when there is none.
   *
   * @param patience how long the answer may take, in milliseconds
   * @param passed called when it survived the command
   */
  next(patience: number, passed: () => void): Waiting[] {
    let next = this.#suspects.shift();
    while (next?.abandoned) next = this.#suspects.shift();
    if (next === undefined) return [];
    this.#tried = next;
    const mark = new Mark(patience, () => {
      this.#tried = null;
      passed();
    });
    return [next, mark];
  }

  /**
   * It has crashed.
   *
   * @param unanswered the commands that it had not answered, in the order in which they were sent
   * @returns those that crash it; and those that can be sent again, in order
   */
  died(unanswered: readonly Waiting[]): { deadly: Waiting[]; innocent: Waiting[] } {
    const underway = unanswered.filter((waiting) =>
      !waiting.abandoned && !(waiting instanceof Mark)
    );
    const tried = this.#tried;
    this.#tried = null;
    if (tried === null || !underway.includes(tried)) {
      this.#suspects = [...underway, ...this.#suspects];
      return { deadly: [], innocent: [] };
    }
    const all = [...underway, ...this.#suspects];
    const isDeadly = (waiting: Waiting) =>
      waiting === tried || waiting.way !== null && waiting.way === tried.way;
    this.#suspects = this.#suspects.filter((waiting) => !isDeadly(waiting));
    return {
      deadly: all.filter(isDeadly),
      innocent: underway.filter((waiting) => !isDeadly(waiting)),
    };
  }

  /** Takes all that are still to be tried. */
  drain(): Waiting[] {
    this.#tried = null;
    return this.#suspects.splice(0);
  }
}
