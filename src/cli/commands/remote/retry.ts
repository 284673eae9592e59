import { sleep } from "../../../host/sleep.ts";
import { RemoteFailure } from "./failure.ts";

/** How something that a server could not be asked for is tried again. */
export interface Retry {
  /** How often in a row it is tried at most. */
  readonly tries: number;
  /** The first pause, in milliseconds; each further one is twice as long. */
  readonly pause: number;
  /** The longest pause, in milliseconds. */
  readonly longest: number;
  /** Ends the waiting. */
  readonly signal: AbortSignal;
  /** Tells the user why he waits. */
  readonly say: (text: string) => void;
}

/**
 * Does something until the server can be asked for it.
 *
 * @throws what does not pass, or has not passed
 */
export async function patiently<T>(step: () => Promise<T>, retry: Retry): Promise<T> {
  for (let turn = 1;; turn++) {
    try {
      return await step();
    } catch (error) {
      await waitAfter(error, turn, retry);
    }
  }
}

/**
 * Waits after a failure until it is time to try again.
 *
 * @param turn how often in a row it has failed
 * @throws the failure, where that does not pass or there were too many
 */
export async function waitAfter(
  failure: unknown,
  turn: number,
  { tries, pause, longest, signal, say }: Retry,
): Promise<void> {
  const isPassing = failure instanceof RemoteFailure && failure.isPassing;
  if (!isPassing || turn >= tries || signal.aborted) throw failure;
  const wait = Math.min(longest, pause * 2 ** (turn - 1));
  say(`${failure.message}; trying again in ${wait / 1000} s`);
  if (!await sleep(wait, signal)) throw failure;
}
