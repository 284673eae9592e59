/** The seconds over which probes and answers are compared. */
export const HIT_RATE_SECONDS = 10;
/** Fewer probes than this say nothing. */
const ENOUGH = 1000;

/**
 * Watches the share of what is probed that answers. A target's arm answers once, however many probes it
 * gets, so that with two to each arm one of them is enough.
 */
export class HitRate {
  readonly #least: number;
  readonly #probes: number;
  /** What was counted at each of the last seconds, and one before them. */
  readonly #seconds: { readonly sent: number; readonly answers: number }[] = [];

  /**
   * @param least the share that is required, 0 to 1
   * @param probes probes to each arm of a target
   */
  constructor(least: number, probes: number) {
    this.#least = least;
    this.#probes = probes;
  }

  /**
   * Called once a second with the probes that were sent since the begin and the arms that have answered:
   * the share that answers, if it is below what is required; null when it is not, or cannot be told yet.
   * Answers are compared with the probes of a second before, since they have a way to go.
   */
  below(sent: number, answers: number): number | null {
    const seconds = this.#seconds;
    seconds.push({ sent, answers });
    if (seconds.length < HIT_RATE_SECONDS + 2) return null;
    const [first, second] = seconds as [typeof seconds[0], typeof seconds[0]];
    const probes = seconds.at(-2)!.sent - first.sent;
    const share = (answers - second.answers) / (probes / this.#probes);
    seconds.shift();
    return probes >= ENOUGH && share < this.#least ? share : null;
  }
}
