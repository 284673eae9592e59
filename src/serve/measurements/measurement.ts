import { type Destination, destinationRecord } from "../deliveries/destination.ts";
import type { KeptRequest } from "./request.ts";

/** What may become of a measurement: it waits for its time, for its turn, or runs; or has ended for good. */
export type State = "scheduled" | "queued" | "running" | "completed" | "failed" | "stopped";

/** A measurement as the server keeps it. Times are milliseconds since 1970. */
export interface Measurement {
  /** Its row. */
  readonly number: number;
  /** By which it is asked for. */
  readonly id: string;
  /** The id of the key that asked for it; null without one. */
  readonly owner: string | null;
  readonly state: State;
  readonly request: KeptRequest;
  readonly created: number;
  readonly started: number | null;
  readonly ended: number | null;
  /** Why it failed, as a sentence without a full stop. */
  readonly problem: string | null;
  /** When its first run was planned. */
  readonly origin: number;
  /** When its next run begins; null where none does, or one runs. */
  readonly next: number | null;
  /** The run that is under way or comes next, from 1. */
  readonly run: number;
  /** Targets that batches of the run which ended have taken. */
  readonly position: number;
  /** How many targets it has. */
  readonly targets: number;
  /** The row of the list that it takes them from; null where it has its own, or has ended. */
  readonly list: number | null;
  /** Those of the run that could not be measured. */
  readonly skipped: number;
  /** The batch that is under way or comes next, from 1, through all runs. */
  readonly batch: number;
}

/** A measurement as an answer has it, in the words of records. */
export function measurementRecord(
  measurement: Measurement,
  { deliver, ...more }: {
    readonly results: number;
    readonly conditions: Readonly<Record<string, number>>;
    readonly deliver: readonly Destination[];
  },
) {
  const { id, state, request, problem, run, position, targets, skipped } = measurement;
  return {
    id,
    state,
    ...request,
    deliver: deliver.map(destinationRecord),
    created: timeText(measurement.created),
    started: timeText(measurement.started),
    ended: timeText(measurement.ended),
    next: timeText(measurement.next),
    problem,
    run,
    targets: { all: targets, done: position, skipped },
    ...more,
    links: {
      self: `/measurements/${id}`,
      results: `/measurements/${id}/results`,
      events: `/measurements/${id}/events`,
      deliveries: `/measurements/${id}/deliveries`,
    },
  };
}

/** What a measurement does when, and did last. */
export function scheduleRecord({ id, state, request, run, started, next }: Measurement) {
  const { name = null, spider, schedule = null } = request;
  return {
    ...{ id, state, name, spider, schedule, run },
    last: timeText(started),
    next: timeText(next),
    links: { self: `/measurements/${id}` },
  };
}

/** A time in words of records (RFC 3339). */
export function timeText(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
