import type { HeaderOption, IpHeader } from "./ip_header.ts";

/** What every view of a transport header has. See `IpHeader` for how long a view is valid. */
export interface TransportHeader {
  /** The IP header before it. */
  readonly ip: IpHeader;
  /** Protocol number: 6 TCP, 17 UDP, 1 ICMP, 58 ICMPv6, ... */
  readonly protocol: number;
  /** What was captured behind the header; of a protocol that is not known here, header and all. */
  readonly payload: Uint8Array;
}

/** A TCP header (RFC 9293, section 3.1). */
export interface TcpHeader extends TransportHeader {
  readonly sourcePort: number;
  readonly destinationPort: number;
  /** Sequence number, 0 to 2^32 - 1. */
  readonly sequence: number;
  /** Acknowledgment number; of no meaning without `ack`. */
  readonly acknowledgment: number;
  /** Octets of the header with its options, 20 to 60. */
  readonly headerLength: number;
  /** The nine flags AE to FIN as a number; the bits are those of `TcpFlags`. */
  readonly flags: number;
  readonly fin: boolean;
  readonly syn: boolean;
  readonly rst: boolean;
  readonly psh: boolean;
  readonly ack: boolean;
  readonly urg: boolean;
  readonly ece: boolean;
  readonly cwr: boolean;
  /** The AE flag of accurate ECN, once NS (RFC 9768, section 3.1). */
  readonly ae: boolean;
  /** Window as it stands, not scaled. */
  readonly window: number;
  /** Checksum as it stands. */
  readonly checksum: number;
  /** Urgent pointer; of no meaning without `urg`. */
  readonly urgent: number;
  /** Octets of payload that were on the wire. */
  readonly payloadLength: number;
  /** The options, up to the end of the list or the first that cannot be; makes an object for each. */
  options(): Iterable<HeaderOption>;
  /** What the first option of a kind holds, without kind and length; null without a whole one. */
  option(kind: number): Uint8Array | null;
}

/** A UDP header (RFC 768). */
export interface UdpHeader extends TransportHeader {
  readonly sourcePort: number;
  readonly destinationPort: number;
  /** Length field: header and payload in octets; 0 in a jumbogram (RFC 2675). */
  readonly length: number;
  /** Checksum as it stands; 0 means that there is none (over IPv4). */
  readonly checksum: number;
}

/** An ICMP or ICMPv6 header (RFC 792, RFC 4443). */
export interface IcmpHeader extends TransportHeader {
  readonly type: number;
  readonly code: number;
  readonly checksum: number;
  /** The second word: identifier and sequence number, MTU, pointer, gateway, by type. */
  readonly word: number;
  /** Whether it is an error, which quotes the packet that it answers. */
  readonly isError: boolean;
  /** Whether `rec` is the record of the flow that it quotes a packet of, and not of one of its own. */
  readonly quotesFlow: boolean;
  /** What an error quotes; null for another message, or when the quoted IP header is not whole. */
  readonly quotation: Quotation | null;
}

/** The packet that an ICMP error quotes. Routers cut it, often to eight octets of transport. */
export interface Quotation {
  /** The quoted IP header, as it arrived where the error was made. */
  readonly ip: IpHeader;
  /** Source port of TCP or UDP; null when cut, or of another protocol. */
  readonly sourcePort: number | null;
  /** Destination port of TCP or UDP; null when cut, or of another protocol. */
  readonly destinationPort: number | null;
  /** Sequence number of TCP; null when cut, or of another protocol. */
  readonly sequence: number | null;
  /** The quoted TCP header; null when it is not TCP, or not whole up to its options. */
  readonly tcp: TcpHeader | null;
  /** The quoted UDP header; null when it is not UDP, or not whole. */
  readonly udp: UdpHeader | null;
  /** The quoted ICMP header; null when it is not ICMP, or not whole. It quotes nothing further. */
  readonly icmp: IcmpHeader | null;
}
