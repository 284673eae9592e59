import { ENTRY } from "../target_row.ts";

/** Entries that there is room for at first; a power of two. */
const FIRST = 1024;
/** A free slot of the table. */
const FREE = 0;

/** Some targets of a list, each once, with numbers from 0 on. */
export class ListBucket {
  readonly #hash: (octets: Uint8Array, at: number) => number;
  #entries = new Uint8Array(FIRST * ENTRY);
  /** Numbers of entries, one more each, in the first free slot from that of their hash on. */
  #slots = new Uint32Array(FIRST * 2);
  #count = 0;

  /** @param hash a whole number that a stranger cannot choose */
  constructor(hash: (octets: Uint8Array, at: number) => number) {
    this.#hash = hash;
  }

  /** Adds the target at a place among octets, unless it is there already. */
  add(octets: Uint8Array, at: number): void {
    const slot = this.#slotOf(octets, at);
    if (this.#slots[slot] !== FREE) return;
    const to = this.#count * ENTRY;
    if (to + ENTRY > this.#entries.length) return this.#grow(octets, at);
    for (let i = 0; i < ENTRY; i++) this.#entries[to + i] = octets[at + i]!;
    this.#slots[slot] = ++this.#count;
  }

  /** Writes the target of a number as a row; false when there are not so many. */
  put(number: number, rows: DataView, at: number): boolean {
    if (number >= this.#count) return false;
    for (let i = 0; i < ENTRY; i++) rows.setUint8(at + i, this.#entries[number * ENTRY + i]!);
    rows.setUint16(at + ENTRY, 0);
    rows.setUint32(at + ENTRY + 2, 0);
    return true;
  }

  #slotOf(octets: Uint8Array, at: number): number {
    const last = this.#slots.length - 1;
    for (let slot = this.#hash(octets, at) % this.#slots.length;; slot = slot + 1 & last) {
      const number = this.#slots[slot]!;
      if (number === FREE || this.#isEntry(number - 1, octets, at)) return slot;
    }
  }

  #isEntry(number: number, octets: Uint8Array, at: number): boolean {
    // From the end on, where the addresses of a list differ
    for (let i = ENTRY - 1; i >= 0; i--) {
      if (this.#entries[number * ENTRY + i] !== octets[at + i]) return false;
    }
    return true;
  }

  /** Makes twice the room, and adds what there was none for. */
  #grow(octets: Uint8Array, at: number): void {
    const entries = new Uint8Array(this.#entries.length * 2);
    entries.set(this.#entries);
    this.#entries = entries;
    this.#slots = new Uint32Array(this.#slots.length * 2);
    for (let number = 0; number < this.#count; number++) {
      // It is in no slot yet, and none is equal to it
      this.#slots[this.#slotOf(entries, number * ENTRY)] = number + 1;
    }
    this.add(octets, at);
  }
}
