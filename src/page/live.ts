import { useEffect, useState } from "preact/hooks";
import { type Answer, useAnswer } from "./ask.ts";
import type { Measurement, Progress } from "./records.ts";

/** Least time between two looks at a measurement that is under way, in milliseconds. */
const LOOKS = 1000;
/** How often one is looked at that waits for its time, in milliseconds. */
const WAITS = 5000;

/** A line of what a measurement told. */
export interface Told {
  readonly time: string;
  readonly text: string;
  readonly level: string;
}

/** Lines that are kept here. */
const MOST_TOLD = 1000;

/** A measurement as it goes on. */
export interface Live extends Answer<Measurement> {
  /** How far it is; null while it is not under way. */
  readonly progress: Progress | null;
  readonly told: readonly Told[];
}

/** A measurement, looked at again as often as its events say that something happens. */
export function useLive(id: string): Live {
  const asked = useAnswer<Measurement>(`/measurements/${id}`);
  const state = asked.value?.state;
  const isWaiting = state === "scheduled";
  const [progress, setProgress] = useState<Progress | null>(null);
  const [told, setTold] = useState<readonly Told[]>([]);
  useEffect(() => {
    if (!isWaiting) return;
    const timer = setInterval(asked.again, WAITS);
    return () => clearInterval(timer);
  }, [isWaiting]);
  const isKnown = state !== undefined;
  useEffect(() => {
    if (!isKnown || isWaiting) return;
    setTold([]);
    const source = new EventSource(`/measurements/${id}/events`);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        asked.again();
      }, LOOKS);
    };
    const tell = (event: Event, text: (data: Record<string, unknown>) => string) => {
      const data = JSON.parse((event as MessageEvent<string>).data);
      const line = { time: data.time, level: data.level ?? "info", text: text(data) };
      setTold((before) => [...before.slice(1 - MOST_TOLD), line]);
    };
    source.addEventListener("progress", (event) => {
      setProgress(JSON.parse(event.data));
      look();
    });
    source.addEventListener("log", (event) => tell(event, ({ text }) => String(text)));
    source.addEventListener("started", (event) => {
      tell(event, () => "It began");
      look();
    });
    source.addEventListener("run", (event) => {
      tell(
        event,
        ({ run, state, problem }) =>
          `Run ${run} is ${state}${problem === null ? "" : `: ${problem}`}`,
      );
      setProgress(null);
      asked.again();
    });
    source.addEventListener("ended", (event) => {
      tell(
        event,
        ({ state, problem }) => `It is ${state}${problem === null ? "" : `: ${problem}`}`,
      );
      // Else the browser asks again and again for what comes no more
      source.close();
      clearTimeout(timer);
      setProgress(null);
      asked.again();
    });
    return () => {
      source.close();
      clearTimeout(timer);
    };
  }, [id, isKnown, isWaiting]);
  return { ...asked, progress, told };
}
