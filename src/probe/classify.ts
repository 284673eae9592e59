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

/**
 * Whether somebody else's answer was given for the target's. Mostly it is the answer to a probe of
 * another mtr-packet: of ICMP it knows its own by the process number and a count alone, which are the
 * same in two containers. Firewalls too refuse in the target's place. The target's own answer may
 * still have come, but mtr-packet tells of the first one only.
 */
export function isForeign({ result, success }: ProbeResult): boolean {
  return result === "reply" && !success;
}

/**
 * Whether a probe came to the end of the path. Many hosts, routers most of all, refuse UDP from
 * another address than the one that was asked; of UDP alone mtr-packet checks that what is refused is
 * its own datagram, addresses and ports.
 */
export function isAtEnd(result: ProbeResult, protocol?: ProbeProtocol): boolean {
  return result.success || protocol === "udp" && isForeign(result);
}

/** Whether a path ends with this answer: at the target, or where there is no way on. */
export function isFinal(result: ProbeResult, protocol?: ProbeProtocol): boolean {
  return isAtEnd(result, protocol) || isLocal(result, protocol) ||
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
  if (reason?.startsWith("SIG")) {
    return `mtr-packet dies of it (${reason}): see with \`ip route get\` that there is a route to it`;
  }
  if (result === "no-route" || result === "host-unreachable") {
    return "there is no route to it from this host: see `ip route get`";
  }
  const words = result.replaceAll("-", " ");
  return `${words}${reason === null ? "" : ` (${reason})`}: see to the network of this host`;
}
