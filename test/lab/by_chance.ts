/** How often a test that asserts what chance seldom does may fail by chance. */
const SELDOM = 1e-7;

/**
 * How many of some independent things may happen by chance, each with a small probability, so that more
 * of them is a fault and no chance (Poisson's law).
 */
export function mostByChance(things: number, probability: number): number {
  const expected = things * probability;
  let term = Math.exp(-expected);
  let most = 0;
  // From the greatest terms of the tail on, as 1 minus the others would be lost in rounding
  const tailBehind = (last: number, value: number) => {
    let tail = 0;
    for (let at = last + 1, part = value; at < last + 50; at++) tail += part *= expected / at;
    return tail;
  };
  while (tailBehind(most, term) > SELDOM) term *= expected / ++most;
  return most;
}
