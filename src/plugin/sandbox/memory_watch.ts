import { wasmOctets } from "../../host/wasm.ts";

/** The most memory that a plugin's worker may take, in octets. */
export const MOST_MEMORY = 2 ** 29;

/**
 * Watches how far the memory of the whole program has grown, without what its own thread knows of:
 * that is its workers, besides what libraries take. A worker cannot be asked, and Deno bounds none.
 */
export class MemoryWatch {
  readonly #before = others();

  /** Whether it has grown more than {@linkcode MOST_MEMORY} since this watch began. */
  tooMuch(): boolean {
    return others() - this.#before > MOST_MEMORY;
  }
}

/** Octets in memory that the heap of this thread, and what it refers to, do not explain. */
function others(): number {
  const { rss, heapTotal, external } = Deno.memoryUsage();
  return rss - heapTotal - external - wasmOctets();
}
