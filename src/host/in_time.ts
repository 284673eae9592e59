import { sleep } from "./sleep.ts";

/** How long one look takes, in milliseconds. */
const LOOK = 10;

/**
 * What a promise gives, or null when it gives nothing for some time. Only time counts in which this
 * process looks: one that was held up, by its own work or by a busy machine, finds an end that is
 * long there, where a timer that is due beside it would have come first.
 *
 * @param milliseconds how long it is waited for
 */
export async function inTime<T>(promise: Promise<T>, milliseconds: number): Promise<T | null> {
  const over = new AbortController();
  const looks = async () => {
    for (let left = milliseconds; left > 0; left -= LOOK) {
      if (!await sleep(Math.min(LOOK, left), over.signal)) break;
    }
    return null;
  };
  try {
    return await Promise.race([promise, looks()]);
  } finally {
    over.abort();
  }
}
