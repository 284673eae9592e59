import { timeText } from "../measurements/measurement.ts";
import { type Destination, destinationRecord } from "./destination.ts";

/** What may become of a delivery. */
export type DeliveryState = "waiting" | "delivered" | "given_up";

/** What a run came to. */
export interface RunEnd {
  readonly state: "completed" | "failed" | "stopped";
  /** Why it failed, as a sentence without a full stop. */
  readonly problem: string | null;
}

/** What is told of a run. Times are milliseconds since 1970. */
export interface RunOutcome extends RunEnd {
  readonly targets: { readonly all: number; readonly done: number; readonly skipped: number };
  readonly started: number | null;
  readonly ended: number;
}

/** The end of a run that is to be told to one destination. Times are milliseconds since 1970. */
export interface Delivery {
  /** The row of its measurement. */
  readonly measurement: number;
  /** The id of its measurement. */
  readonly of: string;
  /** Its own number in that measurement, from 1. */
  readonly number: number;
  readonly run: number;
  readonly destination: Destination;
  /** Whom it goes to, of whom is asked one thing at a time: an origin, or an observatory. */
  readonly place: string;
  readonly outcome: RunOutcome;
  readonly state: DeliveryState;
  readonly created: number;
  /** How often it was tried. */
  readonly attempts: number;
  /** How many of these had been made when it was asked for again; pauses begin anew then. */
  readonly attemptsBefore: number;
  /** When it is tried next; null where it is not. */
  readonly next: number | null;
  /** When it is given up. */
  readonly until: number;
  /** When it was tried last. */
  readonly tried: number | null;
  /** The status of the answer that it got last. */
  readonly status: number | null;
  /** Why it did not come through the last time, as a sentence without a full stop. */
  readonly problem: string | null;
}

/** Which of all deliveries it is: the same however often it comes. */
export function deliveryId({ of, number }: Pick<Delivery, "of" | "number">): string {
  return `${of}.${number}`;
}

/** A delivery as an answer has it. */
export function deliveryRecord(delivery: Delivery) {
  const { of, number, run, destination, state, attempts, status, problem } = delivery;
  const self = `/measurements/${of}/deliveries/${number}`;
  return {
    number,
    id: deliveryId(delivery),
    run,
    ...destinationRecord(destination),
    state,
    attempts,
    created: timeText(delivery.created),
    next: timeText(delivery.next),
    last: delivery.tried === null ? null : { time: timeText(delivery.tried), status, problem },
    links: { self, measurement: `/measurements/${of}`, retry: `${self}/retry` },
  };
}
