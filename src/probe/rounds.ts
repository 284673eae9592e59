import { sleep } from "../host/sleep.ts";
import type { ProbeOptions } from "./probe_options.ts";
import type { ProbeResult } from "./probe_result.ts";

/** How to probe a host, or the hops to it, in rounds. */
export interface RoundOptions {
  /** Probes of the host, or of each hop; Infinity until the signal. */
  readonly queries: number;
  /** Milliseconds from one probe of a host or hop to the next. */
  readonly intervalMs: number;
  /** What every probe has, besides the TTL of a trace. */
  readonly probe: ProbeOptions;
  /** Whether every single result is kept. */
  readonly keep: boolean;
  /** A problem known beforehand that keeps this host from sending; null or missing without one. */
  readonly refused?: ProbeResult | null;
  readonly signal: AbortSignal;
}

/**
 * Calls a function repeatedly: the first time at once, then each time a given interval after the
 * last call has finished. Ends after the given number of times, or with the signal.
 *
 * @param times how many; Infinity until the signal
 * @param everyMs milliseconds from one time to the next
 */
export async function rounds(
  times: number,
  everyMs: number,
  signal: AbortSignal,
  each: (round: number) => void | Promise<void>,
): Promise<void> {
  for (let round = 0; round < times && !signal.aborted; round++) {
    await each(round);
    if (round + 1 < times) await sleep(everyMs, signal);
  }
}

/** Waits until a set of promises, which are removed when they settle, has at most a given size. */
export async function fewer(pending: ReadonlySet<Promise<unknown>>, most: number): Promise<void> {
  while (pending.size > most) await Promise.race(pending);
}
