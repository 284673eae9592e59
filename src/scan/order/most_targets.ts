/** How many targets a scan has at most: a number, or a share from 0 to 1 of those that there are. */
export type MostTargets = { readonly count: number } | { readonly share: number };

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
