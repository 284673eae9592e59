import type { ProbeOutcome } from "./reply.ts";
import type { ProbeResult } from "./probe_result.ts";
import type { ProbeProtocol } from "./probe_options.ts";

/** What this host refused to send, or could not. That is no evidence about the path. */
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
 * Whether a probe did not leave this host. A router's `no-route` has a responder; of TCP and SCTP
 * probes it may lack the sender, when the socket reports a router's message before the message is
 * read.
 */
export function isLocal(
  { result, responder }: ProbeResult,
  protocol: ProbeProtocol = "icmp",
): boolean {
  if (LOCAL.has(result)) return true;
  return isUnreachable(result) && responder === null && protocol !== "tcp" && protocol !== "sctp";
}

/** Whether a router reports that there is no route to the target. */
export function isUnreachable(result: ProbeOutcome): boolean {
  return result === "no-route" || result === "host-unreachable";
}

/**
 * Whether the answer came from another host than the target. Mostly it is the answer to a probe of
 * another mtr-packet: ICMP probes are identified by the process id and a counter alone, which may
 * be the same in two containers. Firewalls also refuse on behalf of the target. The target's own
 * answer may still have come, but mtr-packet reports the first one only.
 */
export function isForeign({ result, success }: ProbeResult): boolean {
  return result === "reply" && !success;
}

/**
 * Whether a probe came to the end of the path. Many hosts, routers most of all, refuse UDP from
 * another address than the one that was probed; for UDP alone mtr-packet checks that the refused
 * datagram is its own, addresses and ports included.
 */
export function isAtEnd(result: ProbeResult, protocol?: ProbeProtocol): boolean {
  return result.success || protocol === "udp" && isForeign(result);
}

/** Whether a path ends with this answer: at the target, or at a router without a route. */
export function isFinal(result: ProbeResult, protocol?: ProbeProtocol): boolean {
  return isAtEnd(result, protocol) || isLocal(result, protocol) ||
    isUnreachable(result.result) && result.responder !== null;
}

/** What went wrong on this host, and what to do about it. */
export function localProblem({ result, reason }: ProbeResult): string {
  if (reason === "EMSGSIZE") {
    return "the packet is larger than the link takes: choose a smaller --size";
  }
  // mtr-packet also reports this when it finds no source address
  if (result === "invalid-argument" && reason === null) {
    return "mtr-packet cannot send this: see that there is a route to it, and that --size is not too large";
  }
  if (reason?.startsWith("SIG")) {
    return `mtr-packet crashes on it (${reason}): see with \`ip route get\` that there is a route to ` +
      "it";
  }
  if (result === "no-route" || result === "host-unreachable") {
    return "there is no route to it from this host: see `ip route get`";
  }
  const words = result.replaceAll("-", " ");
  return `${words}${reason === null ? "" : ` (${reason})`}: see to the network of this host`;
}
