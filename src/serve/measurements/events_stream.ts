import type { EventHub } from "./event_hub.ts";
import { keptText, progressText, STILL_HERE } from "./event_text.ts";
import type { Measurement } from "./measurement.ts";
import type { ResultStore } from "./result_store.ts";
import type { MeasurementStore } from "./store.ts";

/** How long a stream may be silent: what stands between may end one that is, in milliseconds. */
const SILENCE = 15_000;
/** Events that are read from the database at once, and that wait for a client that reads slowly. */
const MOST = 500;

/**
 * What happens to a measurement, as server-sent events (HTML Living Standard, section 9.2): what was kept
 * behind a number, then what comes, until the measurement has ended. A client that reads slowly misses
 * how far the measurement was in between, and nothing else.
 *
 * @param closing ends the stream; the client comes back, and says what it had last
 */
export function eventStream(
  store: Pick<MeasurementStore, "get">,
  kept: Pick<ResultStore, "events">,
  hub: EventHub,
  measurement: Measurement,
  after: number,
  closing: AbortSignal,
): ReadableStream<Uint8Array> {
  let last = after;
  /** What was heard behind the last one that was read, so that nothing is asked of the database for it. */
  let waiting: Uint8Array[] = [];
  /** Whether there may be events in the database that are not read yet. */
  let isBehind = true;
  let isMaybeOver = true;
  const under = hub.progressOf(measurement.number);
  let progress: Uint8Array | null = under === undefined ? null : progressText(under);
  let wake: () => void = () => {};
  let hasLeft = false;
  const unhear = hub.listen(measurement.number, (heard) => {
    if (heard.kept === null) {
      progress = heard.text;
    } else {
      isMaybeOver = true;
      if (waiting.length === MOST) isBehind = true;
      if (!isBehind) {
        waiting.push(heard.text);
        last = heard.kept.number;
      }
    }
    wake();
  });
  const end = () => wake();
  closing.addEventListener("abort", end);
  const leave = () => {
    unhear();
    closing.removeEventListener("abort", end);
  };
  const next = (): readonly Uint8Array[] => {
    if (waiting.length > 0) {
      const all = waiting;
      waiting = [];
      return all;
    }
    if (isBehind) {
      const events = kept.events(measurement, last, MOST);
      last = events.at(-1)?.number ?? last;
      isBehind = events.length === MOST;
      if (events.length > 0) return events.map(keptText);
    }
    if (progress === null) return [];
    const newest = progress;
    progress = null;
    return [newest];
  };
  const isOver = () => {
    if (closing.aborted) return true;
    if (!isMaybeOver) return false;
    const state = store.get(measurement.id)?.state;
    isMaybeOver = false;
    return state !== "queued" && state !== "running";
  };
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      while (!hasLeft) {
        const woken = new Promise<void>((resolve) => wake = resolve);
        const texts = next();
        if (texts.length > 0) {
          for (const text of texts) controller.enqueue(text);
          return;
        }
        if (isOver()) {
          leave();
          return controller.close();
        }
        let timer: ReturnType<typeof setTimeout> | undefined;
        const silent = new Promise<true>((resolve) => {
          timer = setTimeout(() => resolve(true), SILENCE);
        });
        const isSilent = await Promise.race([woken, silent]);
        clearTimeout(timer);
        if (isSilent === true) {
          // Nobody tells of one that was deleted
          isMaybeOver = true;
          return controller.enqueue(STILL_HERE);
        }
      }
    },
    cancel: () => {
      hasLeft = true;
      leave();
      wake();
    },
  }, { highWaterMark: 1 });
}
