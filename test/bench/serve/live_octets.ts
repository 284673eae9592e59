/** What a process holds, for whoever measures whether it grows. */
import { sleep } from "../../../src/host/sleep.ts";

/** The flag of V8 without which its collector cannot be called. */
export const EXPOSE_COLLECTOR = "--v8-flags=--expose-gc";
/** How long what has just ended may take until it is let go, in milliseconds. */
const SETTLING = 1000;
/** What is found unreachable may have kept more: finalizers run between two collections. */
const COLLECTIONS = 4;
const BETWEEN = 100;

/** `struct mallinfo2` has ten numbers, of which these are octets in use: of arenas, and mapped (mallinfo(3)). */
const MALLINFO = { numbers: 10, mapped: 4, used: 7 };

const { symbols: libc } = Deno.dlopen("libc.so.6", {
  mallinfo2: { parameters: [], result: { struct: Array(MALLINFO.numbers).fill("usize") } },
});

/**
 * Tells the octets that live in this process, as a line, whenever SIGUSR2 asks: the heap when its collector
 * has run, what it holds outside, and what native code has allocated. What is resident says less: of the same
 * server it goes up and down by 40 MB, since the heap makes and keeps room for young objects as it likes.
 */
export function tellLiveOctets(): void {
  Deno.addSignalListener("SIGUSR2", async () => console.log(await liveOctets()));
}

async function liveOctets(): Promise<number> {
  const { gc } = globalThis as { readonly gc?: () => void };
  if (gc === undefined) throw new Error(`it was not started with ${EXPOSE_COLLECTOR}`);
  await sleep(SETTLING);
  for (let round = 0; round < COLLECTIONS; round++) {
    gc();
    await sleep(BETWEEN);
  }
  const { heapUsed, external } = Deno.memoryUsage();
  return heapUsed + external + allocated();
}

/** Octets that native code has allocated and not freed. */
function allocated(): number {
  const numbers = new BigUint64Array(libc.mallinfo2().buffer as ArrayBuffer);
  return Number(numbers[MALLINFO.mapped]! + numbers[MALLINFO.used]!);
}
