/** Octets that are taken at once, for eight numbers each. */
const BLOCK = 4096;

/** Many whole numbers that are close to each other, a bit each. */
export class NumberSet {
  /** By the number of their first octet, in blocks. */
  readonly #blocks = new Map<number, Uint8Array>();

  add(number: number): void {
    const [block, octet, bit] = placeOf(number);
    let octets = this.#blocks.get(block);
    if (octets === undefined) this.#blocks.set(block, octets = new Uint8Array(BLOCK));
    octets[octet]! |= bit;
  }

  has(number: number): boolean {
    const [block, octet, bit] = placeOf(number);
    return ((this.#blocks.get(block)?.[octet] ?? 0) & bit) !== 0;
  }
}

function placeOf(number: number): readonly [block: number, octet: number, bit: number] {
  const octet = Math.floor(number / 8);
  return [Math.floor(octet / BLOCK), octet % BLOCK, 1 << number % 8];
}
