import type { EventHub } from "./event_hub.ts";
import type { Measurement } from "./measurement.ts";
import type { ResultStore } from "./result_store.ts";
import type { MeasurementStore } from "./store.ts";

/** How long a stream may be silent: what stands between may end one that is, in milliseconds. */
const SILENCE = 15_000;
/** Events that are read from the database at once. */
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
  const encoder = new TextEncoder();
  let last = after;
  let wake: () => void = () => {};
  let isNew = hub.progressOf(measurement.number) !== undefined;
  const unhear = hub.listen(measurement.number, (heard) => {
    if ("progress" in heard) isNew = true;
    wake();
  });
  const end = () => wake();
  closing.addEventListener("abort", end);
  const leave = () => {
    unhear();
    closing.removeEventListener("abort", end);
  };
  const next = (): string | null => {
    const events = kept.events(measurement, last, MOST);
    if (events.length > 0) {
      last = events.at(-1)!.number;
      return events.map(({ number, type, time, data }) =>
        `id: ${number}\nevent: ${type}\ndata: ${withTime(data, time)}\n\n`
      ).join("");
    }
    const progress = hub.progressOf(measurement.number);
    if (!isNew || progress === undefined) return null;
    isNew = false;
    return `event: progress\ndata: ${JSON.stringify(progress)}\n\n`;
  };
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      for (;;) {
        const woken = new Promise<void>((resolve) => wake = resolve);
        // Asked before the events are read, so that the last one is not missed
        const state = store.get(measurement.id)?.state;
        const text = next();
        if (text !== null) return controller.enqueue(encoder.encode(text));
        if (state !== "queued" && state !== "running" || closing.aborted) {
          leave();
          return controller.close();
        }
        let timer: ReturnType<typeof setTimeout> | undefined;
        const silent = new Promise<true>((resolve) => {
          timer = setTimeout(() => resolve(true), SILENCE);
        });
        const isSilent = await Promise.race([woken, silent]);
        clearTimeout(timer);
        if (isSilent === true) return controller.enqueue(encoder.encode(": still here\n\n"));
      }
    },
    cancel: () => {
      leave();
      wake();
    },
  }, { highWaterMark: 1 });
}

/** JSON of an object with the time that it happened at. */
function withTime(data: string, time: number): string {
  const at = `"time":"${new Date(time).toISOString()}"`;
  return data === "{}" ? `{${at}}` : `{${at},${data.slice(1)}`;
}
