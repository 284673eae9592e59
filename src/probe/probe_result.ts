import type { MplsLabel, ProbeOutcome } from "./reply.ts";

/** The outcome of a probe. */
export interface ProbeResult {
  /** It reached the host, which answered: a `reply` from that very address. */
  readonly success: boolean;
  /** mtr-packet(8)'s word for it. */
  readonly result: ProbeOutcome;
  /** Round-trip time in milliseconds; null when nothing answered. */
  readonly timeMs: number | null;
  /** The address of who answered; null when nothing did. */
  readonly responder: string | null;
  /** The MPLS labels that came with the answer, the outermost first. */
  readonly mpls: readonly MplsLabel[];
  /** Details of a failure: the name of a system error, such as `EMSGSIZE`. */
  readonly reason: string | null;
}
