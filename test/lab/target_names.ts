import { CLEAN, targetBlock } from "./targets.ts";

/** How many addresses `many.example` has: more than fit a datagram. */
export const MANY = 120;

/**
 * What the DNS server of a lab knows: a name for each middlebox, such as `drop.example`, with the
 * addresses of the first target behind it; some special names; and those of the clean path for any other
 * name, but none below `invalid`.
 *
 * @param boxes middleboxes and the numbers of their blocks
 */
export function targetNames(boxes: ReadonlyMap<string, number>): string[] {
  const named = [...boxes].filter(([name]) => /^[a-z0-9-]+$/.test(name));
  return [
    ...addresses("*", CLEAN),
    ...named.flatMap(([name, block]) => addresses(`${name}.example`, block)),
    ...Array.from({ length: MANY }, (_, at) => `many.example A ${targetBlock(CLEAN, 4).at(at)}`),
    "alias.example CNAME further.example",
    "further.example CNAME transparent.example",
    "dangling.example CNAME missing.invalid",
    `four.example A ${targetBlock(CLEAN, 4).at(0)}`,
    `six.example AAAA ${targetBlock(CLEAN, 6).at(0)}`,
    'none.example TXT "a name without an address"',
    'nothing.invalid TXT "so that no other name is there"',
  ];
}

function addresses(name: string, block: number): string[] {
  return [
    `${name} A ${targetBlock(block, 4).at(0)}`,
    `${name} AAAA ${targetBlock(block, 6).at(0)}`,
  ];
}
