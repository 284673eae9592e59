import { STATE } from "../contract/connection.ts";
import type { ObservedFlow } from "../contract/flow.ts";
import type { ConcludeHelpers, Connectivity, TcpFlags } from "../contract/spider.ts";

/**
 * Makes what `conclude` is given. Plugins that are not trusted run in a worker, to which functions
 * cannot be sent: they get this function's text, so it must not refer to anything outside itself.
 */
export function makeHelpers(state: typeof STATE): ConcludeHelpers {
  /** TCP's protocol number (RFC 9293, section 3.9.1). */
  const TCP = 6;
  /** UDP's protocol number (RFC 768). */
  const UDP = 17;

  /** Round trip in microseconds from which on an answer may come after the kernel's second SYN, at 1 s. */
  const SLOW = 500_000;

  /** TCP flag bits (RFC 9293, section 3.1; RFC 9768, section 3.1). */
  const tcpFlags: TcpFlags = {
    FIN: 0x01,
    SYN: 0x02,
    RST: 0x04,
    PSH: 0x08,
    ACK: 0x10,
    URG: 0x20,
    ECE: 0x40,
    CWR: 0x80,
    AE: 0x100,
  };
  const { ECE, CWR, AE } = tcpFlags;
  /** What a SYN has that asks for ECN (RFC 3168, section 6.1.1), and for accurate ECN (RFC 9768, section 3.1.1). */
  const ECN = ECE | CWR;
  const ACCURATE_ECN = ECN | AE;
  /** What only the latter is answered with: the ECN field with which it arrived. */
  const ARRIVED_AS: readonly number[] = [CWR, CWR | ECE, AE, AE | CWR];

  function connectivity(baselineUp: boolean, experimentUp: boolean): Connectivity {
    if (baselineUp) return experimentUp ? "works" : "broken";
    return experimentUp ? "transient" : "offline";
  }

  function isUp(flow: ObservedFlow): boolean | null {
    if (!stands(flow)) return failedWithAnswer(flow) ? null : false;
    // The answer that the socket took was not among the datagrams that were seen
    if (flow.proto === UDP && flow.udp_zero_checksum_rev === null) return null;
    const fellBack = fallback(flow);
    return fellBack === null ? null : !fellBack;
  }

  function compare(baseline: ObservedFlow, experiment: ObservedFlow): Connectivity | null {
    const [baselineUp, experimentUp] = [isUp(baseline), isUp(experiment)];
    if (baselineUp === null || experimentUp === null) return null;
    if (!baselineUp && !experimentUp) {
      // A connection came up: a later failure is due to the server, and one after a fallback shows
      // that a plain SYN gets through
      if ([baseline, experiment].some((flow) => stands(flow) || flow.tcp_connected)) return null;
    }
    if (isNearTimeout(baseline, experiment) || isNearTimeout(experiment, baseline)) return null;
    // Loss, and a path nearly as slow as the kernel's retransmission timeout, also explain a
    // fallback: the baseline shows that there is neither
    if (stands(experiment) && !experimentUp) {
      if (baseline.tcpx_syn_fwd > 1 || isSlow(baseline)) return null;
    }
    return connectivity(baselineUp, experimentUp);
  }

  /** Whether the socket reports an answer. */
  function stands(flow: ObservedFlow): boolean {
    return flow.spdr_state === state.ok;
  }

  /**
   * Whether a connection failed although something came back: an answer too late for the socket, or
   * not accepted by it, or not to the question.
   */
  function failedWithAnswer(flow: ObservedFlow): boolean {
    if (flow.tcp_connected) return false;
    // An invalid answer, or a local error
    if (flow.spdr_outcome === "failed") return true;
    if (flow.proto === UDP && typeof flow.udp_zero_checksum_rev === "boolean") return true;
    if (flow.proto !== TCP) return flow.spdr_outcome === "timeout" && flow.pkt_rev > 0;
    return flow.spdr_outcome !== "refused" && flow.tcp_synflags_rev !== null &&
      (flow.tcp_synflags_rev & tcpFlags.ACK) !== 0;
  }

  /**
   * Whether a connection came up only because the kernel sent another SYN without what the first
   * one asked for: ECN (RFC 3168, section 6.1.1.1) or Fast Open (RFC 7413, section 4.1.3). Null
   * when the capture does not show which SYN was answered.
   */
  function fallback(flow: ObservedFlow): boolean | null {
    // Without the chain, no arm uses a feature that the kernel falls back from
    if (flow.proto !== TCP || flow.tcpx_syn_fwd === undefined) return false;
    if (flow.tcpx_synflags_answered === null) return null;
    if (flow.tcpx_syn_fwd < 2) return false;
    if (flow.tcpx_syn_differed) return fallbackOfFlags(flow);
    if (!flow.tfo_synkind || flow.tfo_ackkind !== 0 || takenAll(flow)) return false;
    return flow.tcpx_syn_fwd > 2 || isSlow(flow) ? null : true;
  }

  function fallbackOfFlags(flow: ObservedFlow): boolean | null {
    const { tcp_synflags_fwd: first, tcp_synflags_rev: reply } = flow;
    const answered = flow.tcpx_synflags_answered;
    if (first === null || reply === null || answered === null) return null;
    if (answered === first) return false;
    // A plain SYN was lost too
    if (flow.tcpx_syn_fwd > 2) return null;
    // Where only the first SYN is answered so, it got through, and its answer came late
    const asksMore = (what: number) => (first & what) === what && (answered & what) !== what;
    const isLate = asksMore(ECN) && (reply & ECN) === ECE ||
      asksMore(ACCURATE_ECN) && ARRIVED_AS.includes(reply & ACCURATE_ECN);
    return isLate || flow.tcpx_rtt_us !== null && isSlow(flow) ? null : true;
  }

  /** Whether the SYN carried data that the SYN-ACK acknowledged to the end. */
  function takenAll({ tfo_dlen, tfo_seq, tfo_ack }: ObservedFlow): boolean {
    return tfo_dlen > 0 && tfo_ack === (tfo_seq + 1 + tfo_dlen) % 2 ** 32;
  }

  /**
   * Whether the path is nearly as slow as the kernel's retransmission timeout: the first SYN may
   * have been answered.
   */
  function isSlow({ tcpx_rtt_us }: ObservedFlow): boolean {
    return tcpx_rtt_us === null || tcpx_rtt_us > SLOW;
  }

  /** Whether one took so much of the timeout that chance explains why the other timed out. */
  function isNearTimeout(answered: ObservedFlow, unanswered: ObservedFlow): boolean {
    return stands(answered) && unanswered.spdr_outcome === "timeout" &&
      2 * duration(answered) > duration(unanswered);
  }

  /** How long a connection took, in milliseconds. */
  function duration({ spdr_start, spdr_stop }: ObservedFlow): number {
    return Date.parse(spdr_stop) - Date.parse(spdr_start);
  }

  return { connectivity, isUp, compare, tcpFlags };
}

/** What `conclude` is given. */
export const helpers: ConcludeHelpers = makeHelpers(STATE);
