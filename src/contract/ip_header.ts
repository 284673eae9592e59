/**
 * What a chain sees of an IP header. A view of a header is valid during the call that it is passed
 * to, and is reused for another packet afterwards: keep values, not views.
 *
 * A header whose fixed part was cut is not shown at all, so no field of a view is ever missing. What
 * follows the fixed part (options, payload) ends where the packet or its capture ends. Octets are
 * not copies: what is done to them is done to the packet, and nothing may be written.
 */
interface AnyIpHeader {
  /** Capture time, seconds since 1970, with microseconds. */
  readonly time: number;
  /** Source address as text (RFC 5952 for IPv6); made at each reading. */
  readonly source: string;
  /** Destination address as text. */
  readonly destination: string;
  /** Source address as it stands in the packet, 4 or 16 octets. */
  readonly sourceOctets: Uint8Array;
  /** Destination address, 4 or 16 octets. */
  readonly destinationOctets: Uint8Array;
  /** DSCP and ECN in one octet: type of service, or traffic class. */
  readonly trafficClass: number;
  /** Differentiated services codepoint, 0 to 63 (RFC 2474). */
  readonly dscp: number;
  /** ECN field: 0 not-ECT, 1 ECT(1), 2 ECT(0), 3 CE (RFC 3168, section 5). */
  readonly ecn: number;
  /** Time to live, or hop limit. */
  readonly hopLimit: number;
  /** Protocol number of the transport, behind any extension headers of IPv6. */
  readonly protocol: number;
  /** Octets before the transport: the header with its options, or with its extension headers. */
  readonly headerLength: number;
  /** Octets of the IP packet as it was on the wire. */
  readonly length: number;
  /** Octets of the IP packet that were captured. */
  readonly captured: number;
  /** Where this fragment's data lies in the whole, in octets; 0 in a packet that is no fragment. */
  readonly fragmentOffset: number;
  /** More fragments follow. */
  readonly moreFragments: boolean;
  /** What was captured behind the headers. */
  readonly payload: Uint8Array;
}

/** An IPv4 header (RFC 791, section 3.1). */
export interface Ip4Header extends AnyIpHeader {
  readonly version: 4;
  /** Identification, which the fragments of one packet share. */
  readonly id: number;
  /** The three flag bits as a number: 4 reserved, 2 DF, 1 MF. */
  readonly flags: number;
  /** The reserved flag, which must be 0: the evil bit of RFC 3514. */
  readonly evil: boolean;
  /** Don't fragment. */
  readonly df: boolean;
  /** More fragments. */
  readonly mf: boolean;
  /** Time to live. */
  readonly ttl: number;
  /** Header checksum, as it stands. */
  readonly checksum: number;
  /** The options, up to the end of the list or the first that cannot be. */
  options(): Iterable<HeaderOption>;
}

/** An IPv6 header with its extension headers (RFC 8200, sections 3 and 4). */
export interface Ip6Header extends AnyIpHeader {
  readonly version: 6;
  /** Identification of the fragment header; null without one. */
  readonly id: number | null;
  /** Flow label, 20 bits (RFC 6437). */
  readonly flowLabel: number;
  /** The number in the fixed header: the first extension header, or the transport. */
  readonly nextHeader: number;
  /** The extension headers before the transport, as far as they were captured. */
  extensions(): Iterable<ExtensionHeader>;
}

/** An IP header of either version; `version` tells which. */
export type IpHeader = Ip4Header | Ip6Header;

/** An option of IPv4 or TCP. */
export interface HeaderOption {
  /** Its kind, the whole first octet. */
  readonly kind: number;
  /** What it holds, without kind and length; empty for an option of one octet. */
  readonly data: Uint8Array;
}

/** An extension header of IPv6. */
export interface ExtensionHeader {
  /** Its protocol number: 0 hop by hop, 43 routing, 44 fragment, 60 destination options, ... */
  readonly protocol: number;
  /** All of its octets; the first is the number of the next header. */
  readonly octets: Uint8Array;
}
