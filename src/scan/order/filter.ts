import type { AddressRange } from "./ranges.ts";
import { isIpv4, merged } from "./ranges.ts";

/** 32-bit words of an address. */
const WORDS = 4;
const MAPPED = 0xffff;

/**
 * Addresses of which rows are asked for, by a binary search on numbers: millions of rows a second,
 * also with a hundred thousand prefixes.
 */
export class RowFilter {
  /** Whether it holds no address. */
  readonly empty: boolean;
  /** The last words of the ranges of IPv4. */
  readonly #four: Ends;
  /** All words of the others, {@linkcode WORDS} a range. */
  readonly #six: Ends;

  constructor(ranges: readonly AddressRange[]) {
    const all = merged(ranges);
    this.empty = all.length === 0;
    this.#four = endsOf(all.filter(({ first }) => isIpv4(first)), 1);
    this.#six = endsOf(all.filter(({ first }) => !isIpv4(first)), WORDS);
  }

  /** Whether the address of the row that begins at `at` is among them. */
  has(rows: DataView, at: number): boolean {
    const third = rows.getUint32(at + 8);
    if (third === MAPPED && rows.getUint32(at) === 0 && rows.getUint32(at + 4) === 0) {
      return hasFour(this.#four, rows.getUint32(at + 12));
    }
    return hasSix(this.#six, rows, at);
  }
}

/** Where ranges begin and end, as words. */
interface Ends {
  readonly firsts: Uint32Array;
  readonly lasts: Uint32Array;
}

function endsOf(ranges: readonly AddressRange[], words: number): Ends {
  const firsts = new Uint32Array(ranges.length * words);
  const lasts = new Uint32Array(ranges.length * words);
  for (const [i, { first, last }] of ranges.entries()) {
    for (let word = 0; word < words; word++) {
      const shift = BigInt(32 * (words - 1 - word));
      firsts[i * words + word] = Number(first >> shift & 0xffff_ffffn);
      lasts[i * words + word] = Number(last >> shift & 0xffff_ffffn);
    }
  }
  return { firsts, lasts };
}

function hasFour({ firsts, lasts }: Ends, address: number): boolean {
  let [low, high] = [0, firsts.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (firsts[middle]! <= address) low = middle + 1;
    else high = middle;
  }
  return low > 0 && address <= lasts[low - 1]!;
}

function hasSix({ firsts, lasts }: Ends, rows: DataView, at: number): boolean {
  let [low, high] = [0, firsts.length / WORDS];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compare(firsts, middle, rows, at) <= 0) low = middle + 1;
    else high = middle;
  }
  return low > 0 && compare(lasts, low - 1, rows, at) >= 0;
}

/** How range end `i` stands to the address of a row: negative when before it. */
function compare(ends: Uint32Array, i: number, rows: DataView, at: number): number {
  for (let word = 0; word < WORDS; word++) {
    const difference = ends[i * WORDS + word]! - rows.getUint32(at + 4 * word);
    if (difference !== 0) return difference;
  }
  return 0;
}
