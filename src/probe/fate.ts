import type { ProbeOutcome } from "./reply.ts";
import type { ProbeResult } from "./probe_result.ts";
import type { ProbeProtocol } from "./probe_options.ts";

/** What this host refused to send, or could not. Nothing is said about the path then. */
const LOCAL: ReadonlySet<ProbeOutcome> = new Set([
  "network-down",
  "permission-denied",
  "address-in-use",
  "address-not-available",
  "invalid-argument",
  "unexpected-error",
  "probes-exhausted",
  "unknown-command",
  "command-parse-error",
]);

/**
 * Whether a probe did not leave this host. A router's own `no-route` says who it is; of TCP and SCTP
 * probes it may lack the sender, when the socket tells of a router's message before the message is
 * read.
 */
export function isLocal(
  { result, responder }: ProbeResult,
  protocol: ProbeProtocol = "icmp",
): boolean {
  if (LOCAL.has(result)) return true;
  return isUnreachable(result) && responder === null && protocol !== "tcp" && protocol !== "sctp";
}

/** Whether somebody answers that there is no way to the target. */
export function isUnreachable(result: ProbeOutcome): boolean {
  return result === "no-route" || result === "host-unreachable";
}

/** Whether a path ends with this answer: at the target, or where there is no way on. */
export function isFinal(result: ProbeResult, protocol?: ProbeProtocol): boolean {
  return result.success || isLocal(result, protocol) ||
    isUnreachable(result.result) && result.responder !== null;
}

/** What went wrong on this host, and what to do about it. */
export function localProblem({ result, reason }: ProbeResult): string {
  if (reason === "EMSGSIZE") {
    return "the packet is larger than the link takes: choose a smaller --size";
  }
  // mtr-packet says so too when it finds no address to send from
  if (result === "invalid-argument" && reason === null) {
    return "mtr-packet cannot send this: see that there is a route to it, and that --size is not too large";
  }
  const words = result.replaceAll("-", " ");
  return `${words}${reason === null ? "" : ` (${reason})`}: see to the network of this host`;
}
