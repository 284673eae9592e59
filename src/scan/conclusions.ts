import type { AnsweredTarget, ArmAnswer } from "./answered_target.ts";

/** The most conclusions that are remembered; then it begins anew. */
const MOST = 4096;

/** What was concluded. */
export interface Conclusion {
  readonly conditions: readonly string[];
  readonly differs: boolean;
}

/** An answer that a conclusion was drawn from. */
type Answer = Pick<ArmAnswer, "octets" | "length"> | null;

interface Remembered {
  readonly answers: readonly Answer[];
  readonly conclusion: Conclusion | null;
}

/**
 * Conclusions by the answers that they were drawn from, over which IP version and on which port. The
 * numbers of the answers find them and their octets decide, since numbers are given anew.
 */
export class Conclusions {
  readonly #known = new Map<string, Remembered>();

  /**
   * What was concluded of a target with such answers; null where it is another conclusion for each
   * target, and undefined when nothing is remembered.
   */
  of(target: AnsweredTarget): Conclusion | null | undefined {
    const known = this.#known.get(keyOf(target));
    if (known === undefined) return undefined;
    const { arms } = target;
    for (let i = 0; i < arms.length; i++) {
      if (!isSame(known.answers[i]!, arms[i]!)) return undefined;
    }
    return known.conclusion;
  }

  /** Remembers a conclusion that was drawn from nothing but a target's answers; null for none. */
  remember(target: AnsweredTarget, conclusion: Conclusion | null): void {
    const key = keyOf(target);
    if (this.#known.size >= MOST && !this.#known.has(key)) this.#known.clear();
    const answers = target.arms.map((answer) =>
      answer === null ? null : { octets: answer.octets, length: answer.length }
    );
    this.#known.set(key, { answers, conclusion });
  }
}

function keyOf({ address, port, arms }: AnsweredTarget): string {
  let key = address.includes(":") ? `6 ${port}` : `4 ${port}`;
  for (const answer of arms) key += answer === null ? " -" : ` ${answer.shape}`;
  return key;
}

function isSame(one: Answer, other: Answer): boolean {
  if (one === null || other === null) return one === other;
  const { octets } = one;
  const others = other.octets;
  if (octets === others) return one.length === other.length;
  if (one.length !== other.length || octets.length !== others.length) return false;
  for (let i = 0; i < octets.length; i++) if (octets[i] !== others[i]) return false;
  return true;
}
