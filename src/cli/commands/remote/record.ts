import { z } from "zod";

const count = z.int().nonnegative();
const text = z.string().max(10_000).nullable();

/** The id of a measurement. */
export const measurementId = z.string().regex(/^[\w-]{1,64}$/);

/** A measurement as a server describes it, as far as is needed here. */
export const measurementRecord = z.object({
  id: measurementId,
  state: z.enum(["scheduled", "queued", "running", "completed", "failed", "stopped"]),
  spider: z.string().max(200),
  problem: text,
  next: text,
  targets: z.object({ all: count, done: count, skipped: count }),
});
export type MeasurementRecord = z.output<typeof measurementRecord>;

/** What events say, by their types; those of other types are passed over. */
export const EVENTS = {
  started: z.object({}),
  progress: z.object({
    done: count,
    targets: count,
    settled: count,
    unobserved: count,
    drops: count,
  }),
  log: z.object({
    level: z.string().max(20),
    text: z.string().max(10_000),
    // Of a target, from 1: what became of it, and why
    target: count.optional(),
    outcome: z.string().max(20).optional(),
    problem: z.string().max(10_000).optional(),
    without_jobs: count.optional(),
  }),
  run: z.object({}),
  ended: z.object({}),
} as const;
export type EventType = keyof typeof EVENTS;

/** An event. */
export type RemoteEvent = {
  readonly [T in EventType]: { readonly type: T; readonly data: z.output<(typeof EVENTS)[T]> };
}[EventType];
