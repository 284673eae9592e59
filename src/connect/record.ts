import type { Connection } from "../contract/connection.ts";
import type { Endpoint } from "../contract/job.ts";
import { wallClock } from "../host/clock.ts";
import { errnoName } from "../host/errno.ts";
import { outcomeOf, stateOf } from "./outcome.ts";

const NO_FIELDS: Readonly<Record<string, unknown>> = Object.freeze({});

/** The record of an attempt that ends now, with an error number, 0 for none. */
export function record(
  protocol: number,
  remote: Endpoint,
  local: Endpoint | null,
  start: number,
  errorNumber: number,
  fields: Readonly<Record<string, unknown>> = NO_FIELDS,
): Connection {
  const errno = errorNumber === 0 ? null : errnoName(errorNumber);
  return {
    state: stateOf(errno),
    outcome: outcomeOf(errno),
    errno,
    protocol,
    local,
    remote,
    start,
    stop: wallClock(),
    fields,
  };
}

/** A connection that ended otherwise, with an error number, 0 for none; its times stay. */
export function endedWith(
  connection: Connection,
  errorNumber: number,
  fields: Readonly<Record<string, unknown>> = connection.fields,
): Connection {
  const errno = errorNumber === 0 ? null : errnoName(errorNumber);
  return { ...connection, state: stateOf(errno), outcome: outcomeOf(errno), errno, fields };
}
