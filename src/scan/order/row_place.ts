import type { ScanExports } from "../../host/scan_wasm.ts";
import { ENTRY, ROW } from "../target_row.ts";

/** A place in the module's memory for a row that something is asked about. */
export class RowPlace {
  readonly #wasm: ScanExports;
  readonly at: number;
  #octets: Uint8Array;

  /** @param key what hashes of rows are made with: its first octets */
  constructor(wasm: ScanExports, key: Uint8Array) {
    this.#wasm = wasm;
    this.at = wasm.scanRowAt();
    this.#octets = new Uint8Array(wasm.memory.buffer, this.at, ROW);
    new Uint8Array(wasm.memory.buffer)
      .set(key.subarray(0, wasm.scanKeySize()), wasm.scanKeyAt());
  }

  /** Its octets, lent until the memory grows. */
  get octets(): Uint8Array {
    if (this.#octets.length === 0) {
      this.#octets = new Uint8Array(this.#wasm.memory.buffer, this.at, ROW);
    }
    return this.#octets;
  }

  /** The hash of a target among octets, the begin of a row: a whole number below 2^53. */
  hash(octets: Uint8Array, at: number): number {
    const place = this.octets;
    // So few are copied faster one by one
    for (let i = 0; i < ENTRY; i++) place[i] = octets[at + i]!;
    return this.#wasm.scanRowHash(this.at);
  }
}
