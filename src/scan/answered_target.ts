/** The answer to one arm's probe, as far as it is the same for targets that answer alike. */
export interface ArmAnswer {
  /**
   * The packet from its IP header on, 128 octets at most. Addresses, ports, sequence and
   * acknowledgment numbers, IP id, checksums, values of timestamps and what echoes the token are
   * zero; a UDP checksum is not, where there was one, since a zero says that there is none (RFC 768).
   * In what an ICMP error quotes, the same is zero of the probe. Others share them.
   */
  readonly octets: Uint8Array;
  /** Octets of the whole IP packet as it was on the wire. */
  readonly length: number;
  /** Answers with equal octets and length have equal numbers while a target with one waits. */
  readonly shape: number;
  /** Milliseconds from the probe to the answer; null where the answer does not tell. */
  readonly after: number | null;
  /** The most milliseconds that it can have been. */
  readonly within: number;
  /** Which of the probes to this arm it answers, from 0 on. */
  readonly round: number;
}

/** A target that has been answered, or that was waited for long enough. */
export interface AnsweredTarget {
  /** As text; IPv6 by RFC 5952. */
  readonly address: string;
  readonly port: number;
  /** The arms' first answers, in the order of the arms; null for none. */
  readonly arms: readonly (ArmAnswer | null)[];
  /** A probe to it was not sent, so that an arm without an answer says nothing. */
  readonly unsent?: true;
  /** Something came from it that does not show which probe it is for: the same. */
  readonly unproven?: true;
}
