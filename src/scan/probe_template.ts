/**
 * How a probe carries its token, a keyed hash of the target, the arm and the round, so that its
 * answers give it back: nothing about a probe is remembered.
 */
export type Echo =
  /** TCP: the sequence number, which an answer acknowledges (RFC 9293, section 3.10.7.3). */
  | { readonly kind: "sequence" }
  /** DNS: the id, and the case of the letters of the question (RFC 1035, section 4.1.1). */
  | {
    readonly kind: "dns";
    /** Where the id stands, from the begin of the packet on. */
    readonly idAt: number;
    /** Where letters of the question stand, which the token makes upper case, one a bit. */
    readonly letters: readonly number[];
  }
  /** UDP: 16 hexadecimal digits of the payload, which stand at `at`; what answers repeats them. */
  | { readonly kind: "text"; readonly at: number }
  /** ICMP: identifier, sequence number and the 8 octets of payload at `at` (RFC 792). */
  | { readonly kind: "echo"; readonly at: number };

/** The packet that an arm sends to every target, and where it differs from one to the next. */
export interface ProbeTemplate {
  readonly version: 4 | 6;
  /** IP protocol number: 6 TCP, 17 UDP, 1 ICMP, 58 ICMPv6. */
  readonly protocol: number;
  /**
   * The whole packet from its IP header on. Addresses, ports, IP id, checksums and what the echo and
   * the timestamp fill in are zero.
   */
  readonly octets: Uint8Array;
  /** Where the transport header begins. */
  readonly transportAt: number;
  /**
   * The transport's checksum: `right`; or `none`, a zero on purpose (RFC 768).
   */
  readonly checksum: "right" | "none";
  readonly echo: Echo;
  /** Where the value of TCP's Timestamps option stands (RFC 7323, section 3.2); null without it. */
  readonly timestampAt: number | null;
}

/** What the arms of a scan send, in the order of the arms. */
export interface ArmTemplates {
  /** The templates of each IP version; null where the arms cannot be sent over it. */
  readonly 4: readonly ProbeTemplate[] | null;
  readonly 6: readonly ProbeTemplate[] | null;
}
