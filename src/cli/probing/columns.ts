import type { RoundTrips } from "../../probe/round_trips.ts";
import type { Column } from "../terminal/table.ts";

/** The columns that hold round-trip times and losses, for people. */
export const TIME_COLUMNS: readonly Column[] = [
  "LOSS",
  "SENT",
  "LAST",
  "AVG",
  "BEST",
  "WORST",
  "JITTER",
].map((title) => ({ title, align: "right" }));

/** The same for programs; times in milliseconds. */
export const TIME_FIELDS = [
  "sent",
  "received",
  "loss",
  "last",
  "avg",
  "best",
  "worst",
  "jitter",
] as const;

/** The cells under {@linkcode TIME_COLUMNS}. */
export function timeCells(times: RoundTrips): string[] {
  const { loss, sent, last, average, best, worst, jitter } = times;
  return [
    loss === null ? "" : `${loss.toFixed(loss > 0 && loss < 1 ? 2 : 1)} %`,
    sent === 0 ? "" : String(sent),
    ...[last, average, best, worst, jitter].map((time) => time === null ? "" : time.toFixed(3)),
  ];
}

/** The fields of {@linkcode TIME_FIELDS}. */
export function timeFields(times: RoundTrips): Record<typeof TIME_FIELDS[number], number | null> {
  const { sent, received, loss, last, average, best, worst, jitter } = times;
  return {
    sent,
    received,
    loss: loss === null ? null : rounded(loss),
    last,
    avg: rounded(average),
    best,
    worst,
    jitter: rounded(jitter),
  };
}

function rounded(value: number | null): number | null {
  return value === null ? null : Math.round(value * 1000) / 1000;
}
