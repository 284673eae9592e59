import type { KeptRequest } from "./request.ts";

/** What may become of a measurement; those of the second line are for good. */
export const STATES = [
  ...["queued", "running"] as const,
  ...["completed", "failed", "stopped"] as const,
] as const;
export type State = typeof STATES[number];

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
  /** Targets that batches which ended have taken. */
  readonly position: number;
  /** How many targets it has. */
  readonly targets: number;
  /** Those that could not be measured. */
  readonly skipped: number;
  /** The batch that is under way or comes next, from 1. */
  readonly batch: number;
}

/** A measurement as an answer has it, in the words of records. */
export function measurementRecord(
  { id, state, request, created, started, ended, problem, position, targets, skipped }: Measurement,
  more: { readonly results: number; readonly conditions: Readonly<Record<string, number>> },
) {
  const time = (at: number | null) => at === null ? null : new Date(at).toISOString();
  return {
    id,
    state,
    ...request,
    created: time(created),
    started: time(started),
    ended: time(ended),
    problem,
    targets: { all: targets, done: position, skipped },
    ...more,
    links: {
      self: `/measurements/${id}`,
      results: `/measurements/${id}/results`,
      events: `/measurements/${id}/events`,
    },
  };
}
