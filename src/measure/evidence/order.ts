import { mix } from "../../host/mix.ts";

/** What can be put in order: something that may have to come after another, which it names. */
interface Ordered {
  readonly name: string;
  readonly after?: string | readonly string[] | undefined;
}

/**
 * The order in which the arms of a target begin: at random from the seed of the run, and in the
 * next set of flows the other way round, so that each arm is first and last equally often. It depends
 * on the seed and on the numbers alone, not on what happens meanwhile, so a run can be repeated.
 */
export class ArmOrder {
  readonly #seed: number;

  /** @param seed a whole number from 0 to 2^32 - 1 */
  constructor(seed: number) {
    this.#seed = seed;
  }

  /**
   * The items in the order of one set of flows.
   *
   * @param target number of the target, or of the batch, in the run
   * @param set number of the set of flows to that target
   */
  of<T extends Ordered>(items: readonly T[], target: number, set: number): readonly T[] {
    if (items.length < 2) return items;
    const shuffled = this.#shuffled(items, target, set >>> 1);
    return afterThoseNamed(set % 2 === 0 ? shuffled : shuffled.reverse());
  }

  /** Fisher-Yates. */
  #shuffled<T>(items: readonly T[], target: number, pair: number): T[] {
    const result = [...items];
    let state = mix(this.#seed ^ mix(target + 0x9e37_79b9) ^ mix(pair + 0x85eb_ca6b));
    for (let left = result.length; left > 1; left--) {
      state = mix(state + 0x9e37_79b9);
      const at = Math.floor((state >>> 0) / 2 ** 32 * left);
      [result[left - 1], result[at]] = [result[at]!, result[left - 1]!];
    }
    return result;
  }
}

/** Moves each that must come after others behind them; what is free to choose keeps its order. */
function afterThoseNamed<T extends Ordered>(items: readonly T[]): readonly T[] {
  if (items.every(({ after }) => after === undefined)) return items;
  const waiting = [...items];
  const result: T[] = [];
  while (waiting.length > 0) {
    const names = new Set(waiting.map(({ name }) => name));
    const at = waiting.findIndex(({ after = [] }) => ![after].flat().some((one) => names.has(one)));
    result.push(...waiting.splice(Math.max(at, 0), 1));
  }
  return result;
}

/** An unpredictable seed. */
export function randomSeed(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0]!;
}
