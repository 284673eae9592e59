import type { MplsLabel, ProbeOutcome } from "./reply.ts";

/** What became of a probe. */
export interface ProbeResult {
  /** It reached the host, which answered: a `reply` from that very address. */
  readonly success: boolean;
  /** The word of mtr-packet(8) for it. */
  readonly result: ProbeOutcome;
  /** Round-trip time in milliseconds; null when nothing answered. */
  readonly timeMs: number | null;
  /** The address of who answered; null when nothing did. */
  readonly responder: string | null;
  /** The MPLS labels that came with the answer, the outermost first. */
  readonly mpls: readonly MplsLabel[];
  /** What else is said of a failure: the name of a system's error, such as `EMSGSIZE`. */
  readonly reason: string | null;
}
