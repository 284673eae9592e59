import { setTimeout } from "node:timers/promises";

/** Resolves to true after a number of milliseconds, to false as soon as the signal aborts. */
export async function sleep(milliseconds: number, signal?: AbortSignal): Promise<boolean> {
  try {
    await setTimeout(milliseconds, undefined, signal === undefined ? {} : { signal });
    return true;
  } catch (error) {
    if (signal?.aborted) return false;
    throw error;
  }
}
