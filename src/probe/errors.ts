import { Failure } from "../host/failure.ts";

/** The session is not open (any more), or is open already: a bug of the calling program. */
export class StateError extends Error {
  override readonly name = "StateError";
}

/** The name of a host has no address, or none of the IP version that was asked for. */
export class HostResolveError extends Failure {
  override readonly name = "HostResolveError";
}

/** The subprocess could not be started, is not mtr-packet, has ended, or does not answer. */
export class ProcessError extends Failure {
  override readonly name = "ProcessError";
}
