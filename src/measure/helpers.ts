import { STATE } from "../contract/connection.ts";
import type { ObservedFlow } from "../contract/flow.ts";
import type { ConcludeHelpers, Connectivity, TcpFlags } from "../contract/spider.ts";

/** TCP flag bits (RFC 9293, section 3.1). */
export const tcpFlags: TcpFlags = {
  FIN: 0x01,
  SYN: 0x02,
  RST: 0x04,
  PSH: 0x08,
  ACK: 0x10,
  URG: 0x20,
  ECE: 0x40,
  CWR: 0x80,
};

/** Names what two arms' success says of the path. */
export function connectivity(baselineUp: boolean, experimentUp: boolean): Connectivity {
  if (baselineUp) return experimentUp ? "works" : "broken";
  return experimentUp ? "transient" : "offline";
}

/** Names what two flows say of the path; null when they do not say enough. */
export function compare(baseline: ObservedFlow, experiment: ObservedFlow): Connectivity | null {
  if ([baseline, experiment].some(cameToNothing)) return null;
  const baselineUp = baseline.spdr_state === STATE.ok;
  const experimentUp = experiment.spdr_state === STATE.ok;
  const stood = baseline.tcp_connected || experiment.tcp_connected;
  if (!baselineUp && !experimentUp && stood) return null;
  return connectivity(baselineUp, experimentUp);
}

/** Whether a SYN-ACK was on the wire of a connection that failed for want of one. */
function cameToNothing(flow: ObservedFlow): boolean {
  return flow.spdr_state !== STATE.ok && flow.spdr_outcome !== "refused" &&
    flow.tcp_synflags_rev !== null && (flow.tcp_synflags_rev & tcpFlags.ACK) !== 0 &&
    !flow.tcp_connected;
}

/** What `conclude` is given. */
export const helpers: ConcludeHelpers = { connectivity, compare, tcpFlags };
