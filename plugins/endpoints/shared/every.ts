import { setTimeout } from "node:timers/promises";

/** Does something at once, and then again after each interval in seconds, until the signal aborts. */
export async function every(
  seconds: number,
  signal: AbortSignal,
  work: () => void | Promise<void>,
): Promise<void> {
  while (!signal.aborted) {
    await work();
    // It rejects when the signal aborts, which the loop looks at
    await setTimeout(seconds * 1000, undefined, { signal, ref: false }).catch(() => {});
  }
}
