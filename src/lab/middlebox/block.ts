import type { Middlebox } from "./middlebox.ts";

/** The targets behind one middlebox, in one family. */
export interface TargetBlock {
  /** In CIDR notation. */
  readonly prefix: string;
  /** How many addresses `at` can give. */
  readonly size: number;
  /** One of the addresses, from 0. */
  at(index: number): string;
}

/** The block of the transparent kind, which is larger than the others. */
const TRANSPARENT = 1;

/** The last block whose /24 lies below the half that the transparent kind has to itself. */
const LAST = 127;

/**
 * Which targets lie behind a middlebox: a /24 of 10.20.0.0/17 and a /112 of the IPv6 targets, by the
 * number of its block. Block 1, of the transparent kind, has the other half of the IPv4 targets.
 */
export function blockOf({ block }: Pick<Middlebox, "block">, family: 4 | 6): TargetBlock {
  if (family === 6) {
    const start = `fd53:7069:6465:20::${block.toString(16)}`;
    return {
      prefix: `${start}:0/112`,
      size: 65_535,
      at: (index) => `${start}:${(index + 1).toString(16)}`,
    };
  }
  if (block === TRANSPARENT) {
    return { prefix: "10.20.128.0/17", size: 32_512, at: (index) => spread(128, index) };
  }
  return { prefix: `10.20.${block}.0/24`, size: 254, at: (index) => spread(block, index) };
}

/**
 * Checks that each middlebox has a name and a block of its own, and returns them.
 *
 * @throws {RangeError} when one has not, with a block that is free
 */
export function withOwnBlocks<const T extends readonly Middlebox[]>(boxes: T): T {
  const owners = new Map<number, string>();
  const names = new Set<string>();
  for (const { name, block } of boxes) {
    if (names.has(name)) throw new RangeError(`there are two middleboxes ${name}`);
    names.add(name);
    const owner = owners.get(block);
    if (owner === undefined && Number.isInteger(block) && block >= 1 && block <= LAST) {
      owners.set(block, name);
      continue;
    }
    const taken = new Set(boxes.map((box) => box.block));
    const free = Array.from({ length: LAST }, (_, at) => at + 1).find((one) => !taken.has(one));
    throw new RangeError(
      owner === undefined
        ? `the middlebox ${name} has block ${block}, and blocks are 1 to ${LAST}`
        : `the middleboxes ${owner} and ${name} both have block ${block}: ${free} is free`,
    );
  }
  return boxes;
}

/** Counts through the /24s from one on, leaving out the addresses that end with 0 and 255. */
function spread(third: number, index: number): string {
  return `10.20.${third + Math.floor(index / 254)}.${index % 254 + 1}`;
}
