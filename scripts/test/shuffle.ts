import { random } from "../../test/data/random.ts";

/** Things in another order, the same for the same seed (Fisher and Yates). */
export function shuffled<T>(things: readonly T[], seed: number): T[] {
  const below = random(seed);
  const order = [...things];
  for (let last = order.length - 1; last > 0; last--) {
    const other = below(last + 1);
    [order[last], order[other]] = [order[other]!, order[last]!];
  }
  return order;
}
