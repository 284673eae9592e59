/** What the server of a lab answers at: every one of these addresses. */
export const TARGETS = { 4: "10.20.0.0/16", 6: "fd53:7069:6465:20::/64" } as const;

/** The targets behind one middlebox, in one IP version. */
export interface TargetBlock {
  /** In CIDR notation. */
  readonly prefix: string;
  /** How many addresses `at` can give. */
  readonly size: number;
  /** One of the addresses, from 0. */
  at(index: number): string;
}

/** The number of the block that lies behind no middlebox. */
export const CLEAN = 1;

/** The last block whose /24 lies below the half that the clean one has to itself. */
export const LAST_BLOCK = 127;

/**
 * A block of targets, by its number: a /24 of the lower half of the IPv4 targets and a /112 of the IPv6
 * targets. The clean one has the other half of the IPv4 targets.
 */
export function targetBlock(block: number, family: 4 | 6): TargetBlock {
  if (family === 6) {
    const start = `fd53:7069:6465:20::${block.toString(16)}`;
    return {
      prefix: `${start}:0/112`,
      size: 65_535,
      at: (index) => `${start}:${(index + 1).toString(16)}`,
    };
  }
  if (block === CLEAN) {
    return { prefix: "10.20.128.0/17", size: 32_512, at: (index) => spread(128, index) };
  }
  return { prefix: `10.20.${block}.0/24`, size: 254, at: (index) => spread(block, index) };
}

/** Counts through the /24s from one on, leaving out the addresses that end with 0 and 255. */
function spread(third: number, index: number): string {
  return `10.20.${third + Math.floor(index / 254)}.${index % 254 + 1}`;
}
