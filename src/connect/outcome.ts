import { errnoName } from "../host/errno.ts";
import { type Outcome, STATE, type State } from "../contract/connection.ts";

const OUTCOMES: Readonly<Record<string, Outcome>> = {
  ECONNREFUSED: "refused",
  ETIMEDOUT: "timeout",
  // What the kernel makes of a missing route and of ICMP's unreachable messages. EACCES is a route
  // of kind `prohibit`, or ICMPv6's "administratively prohibited".
  ENETUNREACH: "unreachable",
  EHOSTUNREACH: "unreachable",
  ENETDOWN: "unreachable",
  EHOSTDOWN: "unreachable",
  ENONET: "unreachable",
  EACCES: "unreachable",
  ECONNRESET: "reset",
  EPIPE: "reset",
};

/** The word for how an attempt ended, from the name of its error; null is no error. */
export function outcomeOf(errno: string | null): Outcome {
  return errno === null ? "ok" : OUTCOMES[errno] ?? "failed";
}

/** The number for how an attempt ended, from the name of its error; null is no error. */
export function stateOf(errno: string | null): State {
  if (errno === null) return STATE.ok;
  if (errno === "ECANCELED") return STATE.discard;
  return errno === "ETIMEDOUT" ? STATE.timeout : STATE.failed;
}

/**
 * Whether a socket whose call gave a negated error number only has to wait: one that is not the network's
 * is `EAGAIN`, or one left by another call (see `lastErrno`).
 */
export function onlyWaits(result: number): boolean {
  return result < 0 && outcomeOf(errnoName(-result)) === "failed";
}
