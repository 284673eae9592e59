/** One of those that share something. */
export interface Sharer {
  /** Whose it is. */
  readonly address: string;
  /** Whether it is being used. */
  readonly isBusy: boolean;
  /** Since when it is as it is. */
  readonly since: number;
}

/**
 * Those that have to go where there are too many: of who has the most, and of those first what is not used,
 * for longest. So nobody's share is taken by who takes all that he can get.
 *
 * @param most how many may stay
 */
export function fairShares<T extends Sharer>(all: readonly T[], most: number): T[] {
  if (all.length <= most) return [];
  const byWorth = all.toSorted((a, b) => Number(b.isBusy) - Number(a.isBusy) || b.since - a.since);
  const counts = new Map<string, number>();
  const ranked = byWorth.map((one) => {
    const rank = counts.get(one.address) ?? 0;
    counts.set(one.address, rank + 1);
    return { one, rank };
  });
  return ranked.toSorted((a, b) => a.rank - b.rank).slice(most).map(({ one }) => one);
}
