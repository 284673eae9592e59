import { STATE } from "../contract/connection.ts";
import type { ObservedFlow } from "../contract/flow.ts";
import type { ConcludeHelpers, Connectivity, TcpFlags } from "../contract/spider.ts";

/**
 * Makes what `conclude` is given. Plugins that are not trusted run in a worker, to which functions
 * cannot be sent: they get this function's text, so it must not name anything outside itself.
 */
export function makeHelpers(state: typeof STATE): ConcludeHelpers {
  /** TCP's protocol number (RFC 9293, section 3.9.1). */
  const TCP = 6;

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
    const flows = [baseline, experiment];
    if (flows.some(cameToNothing)) return null;
    const [baselineUp, experimentUp] = [isUp(baseline), isUp(experiment)];
    const stood = baseline.tcp_connected || experiment.tcp_connected;
    if (!baselineUp && !experimentUp && stood) return null;
    if (isNearTimeout(baseline, experiment) || isNearTimeout(experiment, baseline)) return null;
    return connectivity(baselineUp, experimentUp);
  }

  function isUp(flow: ObservedFlow): boolean {
    return flow.spdr_state === state.ok;
  }

  /**
   * Whether a connection came to nothing although something came back: an answer too late for the
   * socket, or not taken by it, or not to the question.
   */
  function cameToNothing(flow: ObservedFlow): boolean {
    if (isUp(flow) || flow.tcp_connected) return false;
    // Nonsense, or this host's own trouble
    if (flow.spdr_outcome === "failed") return true;
    if (flow.proto !== TCP) return flow.spdr_outcome === "timeout" && flow.pkt_rev > 0;
    return flow.spdr_outcome !== "refused" && flow.tcp_synflags_rev !== null &&
      (flow.tcp_synflags_rev & tcpFlags.ACK) !== 0;
  }

  /** Whether one took so much of its time that chance explains why the other ran out of it. */
  function isNearTimeout(answered: ObservedFlow, unanswered: ObservedFlow): boolean {
    return isUp(answered) && unanswered.spdr_outcome === "timeout" &&
      2 * duration(answered) > duration(unanswered);
  }

  /** How long a connection took, in milliseconds. */
  function duration({ spdr_start, spdr_stop }: ObservedFlow): number {
    return Date.parse(spdr_stop) - Date.parse(spdr_start);
  }

  return { connectivity, compare, tcpFlags };
}

/** What `conclude` is given. */
export const helpers: ConcludeHelpers = makeHelpers(STATE);
