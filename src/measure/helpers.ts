import { STATE } from "../contract/connection.ts";
import type { ObservedFlow } from "../contract/flow.ts";
import type { ConcludeHelpers, Connectivity, TcpFlags } from "../contract/spider.ts";

/**
 * Makes what `conclude` is given. Plugins that are not trusted run in a worker, to which functions
 * cannot be sent: they get this function's text, so it must not name anything outside itself.
 */
export function makeHelpers(state: typeof STATE): ConcludeHelpers {
  /** TCP flag bits (RFC 9293, section 3.1). */
  const tcpFlags: TcpFlags = {
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
  function connectivity(baselineUp: boolean, experimentUp: boolean): Connectivity {
    if (baselineUp) return experimentUp ? "works" : "broken";
    return experimentUp ? "transient" : "offline";
  }

  /** Names what two flows say of the path; null when they do not say enough. */
  function compare(baseline: ObservedFlow, experiment: ObservedFlow): Connectivity | null {
    if ([baseline, experiment].some(cameToNothing)) return null;
    const baselineUp = baseline.spdr_state === state.ok;
    const experimentUp = experiment.spdr_state === state.ok;
    const stood = baseline.tcp_connected || experiment.tcp_connected;
    if (!baselineUp && !experimentUp && stood) return null;
    return connectivity(baselineUp, experimentUp);
  }

  /** Whether a SYN-ACK was on the wire of a connection that failed for want of one. */
  function cameToNothing(flow: ObservedFlow): boolean {
    return flow.spdr_state !== state.ok && flow.spdr_outcome !== "refused" &&
      flow.tcp_synflags_rev !== null && (flow.tcp_synflags_rev & tcpFlags.ACK) !== 0 &&
      !flow.tcp_connected;
  }

  return { connectivity, compare, tcpFlags };
}

/** What `conclude` is given. */
export const helpers: ConcludeHelpers = makeHelpers(STATE);
