import { Cron } from "croner";
import { z } from "zod";
import { must } from "../../plugin/schema/words.ts";

/** Seconds between the beginnings of runs, at least: a measurement that is always running is one run. */
const LEAST_INTERVAL = 1;
const MOST_SECONDS = 366 * 86_400;

const seconds = (minimum: number, summary: string) => {
  const said = must(`a number of seconds from ${minimum} to ${MOST_SECONDS}`);
  return z.number(said).min(minimum, said).max(MOST_SECONDS, said).describe(summary);
};

const time = (summary: string) => {
  const said = must("a time (RFC 3339), such as 2026-12-01T06:00:00Z");
  return z.string(said).refine((text) => !Number.isNaN(Date.parse(text)), said).describe(summary);
};

/** When a measurement is made, once or again and again; times are UTC. */
export const scheduleRequest = z.strictObject({
  interval: seconds(LEAST_INTERVAL, "time between the beginnings of runs").optional(),
  cron: z.string(must("a cron expression, such as 0 */6 * * *")).refine(
    isCron,
    must("a cron expression of five fields, such as 0 */6 * * *"),
  ).describe("when runs begin, as cron(8) writes it").optional(),
  jitter: seconds(0, "up to how much later each begins, at random").default(0),
  start: time("when the first may begin").optional(),
  stop: time("when none begins any more").optional(),
}, must("an object")).refine(
  ({ interval, cron }) => interval === undefined || cron === undefined,
  must("an interval or a cron expression, not both"),
);

/** A schedule that was checked. */
export type Schedule = z.output<typeof scheduleRequest>;

/** Whether it is made again and again. */
export function repeats(schedule: Schedule | undefined): boolean {
  return schedule?.interval !== undefined || schedule?.cron !== undefined;
}

function isCron(text: string): boolean {
  if (text.trim().split(/\s+/).length !== 5) return false;
  try {
    new Cron(text, { timezone: "Etc/UTC" }).stop();
    return true;
  } catch {
    return false;
  }
}

/**
 * When the first run is planned; null where its schedule has ended already. Milliseconds since 1970, as
 * all times here.
 */
export function firstTime(schedule: Schedule, now: number): number | null {
  const start = schedule.start === undefined ? now : Math.max(now, Date.parse(schedule.start));
  if (schedule.cron !== undefined) return within(schedule, cronAfter(schedule.cron, start - 1));
  return within(schedule, start);
}

/**
 * When the next run is planned after one that was made; null where there is none. Runs that were missed
 * meanwhile are left out.
 *
 * @param origin when the first was planned
 */
export function nextTime(schedule: Schedule, origin: number, now: number): number | null {
  const { interval, cron } = schedule;
  if (cron !== undefined) return within(schedule, cronAfter(cron, now));
  if (interval === undefined) return null;
  const step = interval * 1000;
  return within(schedule, origin + (Math.floor((now - origin) / step) + 1) * step);
}

/** A time with its share of the jitter. */
export function withJitter({ jitter }: Schedule, planned: number): number {
  return Math.round(planned + Math.random() * jitter * 1000);
}

function within({ stop }: Schedule, planned: number | null): number | null {
  return planned === null || stop !== undefined && planned >= Date.parse(stop) ? null : planned;
}

function cronAfter(text: string, after: number): number | null {
  return new Cron(text, { timezone: "Etc/UTC" }).nextRun(new Date(after))?.getTime() ?? null;
}
