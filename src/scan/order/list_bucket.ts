import { ROW_PORT } from "../target_row.ts";

/** Octets of an entry: the part of a row that says something. */
export const ENTRY = ROW_PORT + 2;

/** Entries that there is room for at first; a power of two. */
const FIRST = 1024;
/** A free slot of the table. */
const FREE = 0;

/** Some targets of a list, each once, with numbers from 0 on. */
export class ListBucket {
  readonly #hash: (entry: Uint8Array) => number;
  #entries = new Uint8Array(FIRST * ENTRY);
  /** Numbers of entries, one more each, in the first free slot from that of their hash on. */
  #slots = new Uint32Array(FIRST * 2);
  #count = 0;

  /** @param hash a whole number that a stranger cannot choose */
  constructor(hash: (entry: Uint8Array) => number) {
    this.#hash = hash;
  }

  /** Adds a target, unless it is there already. */
  add(entry: Uint8Array): void {
    const slot = this.#slotOf(entry);
    if (this.#slots[slot] !== FREE) return;
    if ((this.#count + 1) * ENTRY > this.#entries.length) return this.#grow(entry);
    this.#entries.set(entry, this.#count * ENTRY);
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

  #slotOf(entry: Uint8Array): number {
    const last = this.#slots.length - 1;
    for (let slot = this.#hash(entry) % this.#slots.length;; slot = slot + 1 & last) {
      const number = this.#slots[slot]!;
      if (number === FREE || this.#isEntry(number - 1, entry)) return slot;
    }
  }

  #isEntry(number: number, entry: Uint8Array): boolean {
    // From the end on, where the addresses of a list differ
    for (let i = ENTRY - 1; i >= 0; i--) {
      if (this.#entries[number * ENTRY + i] !== entry[i]) return false;
    }
    return true;
  }

  /** Makes twice the room, and adds what there was none for. */
  #grow(entry: Uint8Array): void {
    const entries = new Uint8Array(this.#entries.length * 2);
    entries.set(this.#entries);
    this.#entries = entries;
    this.#slots = new Uint32Array(this.#slots.length * 2);
    for (let number = 0; number < this.#count; number++) {
      const known = entries.subarray(number * ENTRY, number * ENTRY + ENTRY);
      // It is in no slot yet, and none is equal to it
      this.#slots[this.#slotOf(known)] = number + 1;
    }
    this.add(entry);
  }
}
