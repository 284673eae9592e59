import { wasmOctets } from "../../host/wasm_module.ts";

/** The most memory that a plugin's worker may take, in octets. */
export const MOST_MEMORY = 2 ** 29;

/**
 * Watches the growth of the memory of the whole program without that of its own thread: that is the
 * memory of its workers, and of libraries. A worker cannot be asked, and Deno does not limit it.
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
