import type { RoundTrips } from "../../probe/round_trips.ts";

/** Titles of the columns that hold round-trip times and losses, for people. */
export const TIME_TITLES = ["LOSS", "SENT", "LAST", "AVG", "BEST", "WORST", "JITTER"] as const;

/** The same for programs; times in milliseconds. */
export const TIME_COLUMNS = [
  "sent",
  "received",
  "loss",
  "last",
  "avg",
  "best",
  "worst",
  "jitter",
] as const;

/** The cells under {@linkcode TIME_TITLES}. */
export function timeCells(times: RoundTrips): string[] {
  const { loss, sent, last, average, best, worst, jitter } = times;
  return [
    loss === null ? "" : `${loss.toFixed(loss > 0 && loss < 1 ? 2 : 1)} %`,
    sent === 0 ? "" : String(sent),
    ...[last, average, best, worst, jitter].map((time) => time === null ? "" : time.toFixed(3)),
  ];
}

/** The fields of {@linkcode TIME_COLUMNS}. */
export function timeFields(times: RoundTrips): Record<typeof TIME_COLUMNS[number], number | null> {
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
