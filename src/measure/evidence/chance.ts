/**
 * Significance level: the greatest acceptable probability that a clean target gets a verdict by
 * chance alone. Of a million targets that is about 30, and fewer in practice, since all flows of an
 * arm must fail as well.
 */
export const MOST_CHANCE = 1 / 30_000;

/**
 * The greatest share of the flows to a target that is assumed to fail whatever they carry: of two
 * members of a load balancer or a link group, one is dead.
 */
const MOST_DEAD = 1 / 2;

/**
 * The probability that, of all trials that succeeded, none is of this arm, when failure meets both
 * arms alike (Fisher's exact test, one-sided).
 *
 * @param trials of the arm none of whose trials succeeded
 * @param otherTrials of the other arm
 * @param otherSucceeded how many of those succeeded
 */
export function chanceOfSilence(
  trials: number,
  otherTrials: number,
  otherSucceeded: number,
): number {
  let chance = 1;
  for (let i = 0; i < otherSucceeded; i++) chance *= (otherTrials - i) / (trials + otherTrials - i);
  return chance;
}

/** How many independent flows must fail before chance is excluded. */
export const FLOWS_OFFLINE = Math.ceil(Math.log(MOST_CHANCE) / Math.log(MOST_DEAD));
