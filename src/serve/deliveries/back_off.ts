/** How long is waited after the first attempt, in milliseconds; twice as long after each further one. */
const FIRST = 10_000;
/** How long is waited at most, also where an answer asks for more. */
const LONGEST = 3_600_000;
/** How long a delivery is tried. */
export const GIVE_UP = 24 * 3_600_000;

/**
 * How long until the next attempt, in milliseconds: a random part of the second half, so that deliveries
 * which failed together do not come together again.
 *
 * @param attempts how many there were
 * @param asked for how long the receiver wants to be left alone; null where it does not say
 */
export function backOff(attempts: number, asked: number | null): number {
  const most = Math.min(LONGEST, FIRST * 2 ** (attempts - 1));
  const own = most * (1 + Math.random()) / 2;
  return Math.round(Math.max(own, Math.min(LONGEST, asked ?? 0)));
}
