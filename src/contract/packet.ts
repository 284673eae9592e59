/**
 * A packet to forge, header by header. What is left out is filled in as a well-behaved host would:
 * lengths, checksums, identification. What is given is sent as it stands, right or wrong, except
 * for what the kernel writes itself in an IPv4 header: total length and header checksum (raw(7)).
 */
export interface PacketSpec {
  readonly ip: IpSpec;
  readonly transport: TcpSpec | UdpSpec | IcmpSpec | OtherSpec;
  /** What follows the transport header. */
  readonly payload?: Uint8Array;
}

/** The IP header (RFC 791, RFC 8200). The addresses determine which of the two. */
export interface IpSpec {
  readonly source: string;
  readonly destination: string;
  /** Time to live, or hop limit; 64 when missing. */
  readonly ttl?: number;
  /** Differentiated services codepoint, 0 to 63; 0 when missing. */
  readonly dscp?: number;
  /** ECN field: 0 Not-ECT, 1 ECT(1), 2 ECT(0), 3 CE (RFC 3168, section 5); 0 when missing. */
  readonly ecn?: number;
  /** IPv4 identification; when missing or 0 the kernel chooses. */
  readonly identification?: number;
  /** IPv4: the reserved flag, the evil bit (RFC 3514). */
  readonly reserved?: boolean;
  /** IPv4: don't fragment; true when missing. */
  readonly dontFragment?: boolean;
  /** IPv6 flow label, 20 bits. */
  readonly flowLabel?: number;
}

/** A TCP header (RFC 9293, section 3.1). */
export interface TcpSpec {
  readonly kind: "tcp";
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly sequence?: number;
  readonly acknowledgment?: number;
  /** The nine flags AE to FIN as a number (see `TcpFlags`). */
  readonly flags: number;
  /**
   * The four bits between data offset and CWR, of which the lowest is AE, when it is not among the
   * flags; 0 when missing.
   */
  readonly reserved?: number;
  readonly window?: number;
  readonly urgent?: number;
  readonly options?: readonly TcpOptionSpec[];
  /** In words of 32 bits; when missing it is right for the options. */
  readonly dataOffset?: number;
  /** When missing it is right. */
  readonly checksum?: number;
}

/** A TCP option: its kind, and what follows kind and length. Kinds 0 and 1 have neither. */
export interface TcpOptionSpec {
  readonly kind: number;
  readonly data?: Uint8Array;
  /** The length octet; when missing it is right. */
  readonly length?: number;
}

/** A UDP header (RFC 768). */
export interface UdpSpec {
  readonly kind: "udp";
  readonly sourcePort: number;
  readonly destinationPort: number;
  /** Octets of header and payload; when missing it is right. */
  readonly length?: number;
  /** When missing it is right for the octets that are sent; 0 says that there is none. */
  readonly checksum?: number;
}

/** An ICMP message (RFC 792, RFC 4443). */
export interface IcmpSpec {
  readonly kind: "icmp";
  readonly type: number;
  readonly code: number;
  /** The four octets behind the checksum, such as identifier and sequence number. */
  readonly rest?: number;
  /** When missing it is right. */
  readonly checksum?: number;
}

/** Any other protocol: its number; header and all are the payload. */
export interface OtherSpec {
  readonly kind: "other";
  readonly protocol: number;
}
