/** How many targets a scan has at most: a number, or a share from 0 to 1 of those that there are. */
export type MostTargets = { readonly count: number } | { readonly share: number };

/**
 * Reads a number of targets, or a percentage: `1000000`, `0.5%`.
 *
 * @returns null for what is neither
 */
export function readMostTargets(text: string): MostTargets | null {
  const [, digits, percent] = /^(\d{1,15}|\d{0,15}\.\d{1,15}|\d{1,15}\.?(?=%))(%?)$/.exec(text) ??
    [];
  const number = Number(digits);
  if (percent === "%") return number > 0 && number <= 100 ? { share: number / 100 } : null;
  return Number.isSafeInteger(number) && number > 0 ? { count: number } : null;
}

/** How many of these a shard has: as many as the others, or one more. */
export function shareOf(
  most: MostTargets | undefined,
  targets: number,
  { shards, shard }: { readonly shards: number; readonly shard: number },
): number {
  if (most === undefined) return Infinity;
  const all = "count" in most ? most.count : Math.ceil(targets * most.share);
  return Math.floor(all / shards) + (shard < all % shards ? 1 : 0);
}
