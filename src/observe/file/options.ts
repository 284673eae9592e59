import type { Numbers } from "./numbers.ts";

/** One option of a block: its code, and where its value is. */
export interface BlockOption {
  readonly code: number;
  readonly at: number;
  readonly length: number;
}

const END = 0;
const HEADER = 4;

/**
 * The options between two places of a block (draft-ietf-opsawg-pcapng, section 3.5), to the one
 * that ends them. Null when one reaches beyond the block.
 */
export function optionsOf(numbers: Numbers, from: number, to: number): BlockOption[] | null {
  const options: BlockOption[] = [];
  let at = from;
  while (at + HEADER <= to) {
    const code = numbers.u16(at);
    const length = numbers.u16(at + 2);
    at += HEADER;
    if (code === END) break;
    if (at + length > to) return null;
    options.push({ code, at, length });
    at += (length + 3) & ~3;
  }
  return options;
}
