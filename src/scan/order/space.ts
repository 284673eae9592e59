import type { ScanExports } from "../../host/scan_wasm.ts";
import { ROW, ROW_PORT } from "../target_row.ts";
import { digestOf } from "./group.ts";
import { RowPlace } from "./row_place.ts";
import { type Stretch, targetsIn } from "./prefixes.ts";

const WORD = 2 ** 32;

/** Targets by their index. */
export interface Space {
  /** Indices are below it. */
  readonly size: number;
  /**
   * Writes the target of an index.
   *
   * @returns false when there is none: another index has the same target
   */
  put(index: number, rows: DataView, at: number): boolean;
}

/** All ports of all addresses in some stretches. */
export class PrefixSpace implements Space {
  readonly size: number;
  readonly #ports: Uint16Array;
  readonly #random: RandomIds;
  /** The index of each stretch's first address. */
  readonly #starts: Float64Array;
  /** The first address of each, four words, the highest first. */
  readonly #bases: Uint32Array;
  readonly #each: Float64Array;
  /** Bits that random ids and the subnets' numbers stand before. */
  readonly #shifts: Uint8Array;
  readonly #isRandom: readonly boolean[];

  /** @throws {UsageError} when there are more targets than have an order */
  constructor(
    wasm: ScanExports,
    stretches: readonly Stretch[],
    ports: readonly number[],
    seed: string,
  ) {
    this.size = targetsIn(stretches, ports.length);
    this.#ports = Uint16Array.from(ports);
    this.#random = new RandomIds(wasm, seed);
    this.#starts = new Float64Array(stretches.length);
    this.#bases = new Uint32Array(stretches.length * 4);
    this.#each = Float64Array.from(stretches, ({ each }) => Number(each));
    this.#shifts = Uint8Array.from(stretches, ({ shift }) => shift);
    this.#isRandom = stretches.map(({ random }) => random);
    let start = 0;
    for (const [i, { first, subnets, each }] of stretches.entries()) {
      this.#starts[i] = start;
      start += Number(subnets * each);
      for (let word = 0; word < 4; word++) {
        this.#bases[i * 4 + word] = Number(first >> BigInt(32 * (3 - word)) & 0xffff_ffffn);
      }
    }
  }

  put(index: number, rows: DataView, at: number): boolean {
    const ports = this.#ports.length;
    const address = Math.floor(index / ports);
    const i = this.#stretchOf(address);
    const within = address - this.#starts[i]!;
    const subnet = Math.floor(within / this.#each[i]!);
    for (let word = 0; word < 4; word++) rows.setUint32(at + 4 * word, this.#bases[i * 4 + word]!);
    add(rows, at, within - subnet * this.#each[i]!, 0);
    if (subnet > 0) add(rows, at, subnet, this.#shifts[i]!);
    if (this.#isRandom[i]!) this.#random.fill(rows, at, this.#shifts[i]!);
    rows.setUint32(at + ROW_PORT, this.#ports[index - address * ports]! << 16);
    rows.setUint32(at + ROW_PORT + 4, 0);
    return true;
  }

  #stretchOf(address: number): number {
    let [low, high] = [0, this.#starts.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#starts[middle]! <= address) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}

/** Adds a number below 2^48, shifted by some bits, to the address of a row. */
function add(rows: DataView, at: number, number: number, shift: number): void {
  // A number times a power of two is not rounded; a word more could be
  let rest = number * 2 ** (shift & 31);
  for (let word = 3 - (shift >> 5); word >= 0 && rest > 0; word--) {
    const above = Math.floor(rest / WORD);
    const sum = rows.getUint32(at + 4 * word) + (rest - above * WORD);
    rows.setUint32(at + 4 * word, sum); // modulo 2^32
    rest = above + (sum >= WORD ? 1 : 0);
  }
}

/** Interface ids that a seed gives for each subnet. */
class RandomIds {
  readonly #wasm: ScanExports;
  readonly #place: RowPlace;

  constructor(wasm: ScanExports, seed: string) {
    this.#wasm = wasm;
    this.#place = new RowPlace(wasm, digestOf(seed, "interface ids"));
  }

  fill(rows: DataView, at: number, bits: number): void {
    const row = new Uint8Array(rows.buffer, rows.byteOffset + at, ROW);
    this.#place.octets.set(row);
    this.#wasm.scanInterfaceId(this.#place.at, bits);
    row.set(this.#place.octets);
  }
}
