import type { Echo } from "../connect/stateless.ts";

export type { Echo };

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
