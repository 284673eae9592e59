/** What the dissector found in one packet. Addresses are places in linear memory. */
@unmanaged
export class Packet {
  /** Capture time, nanoseconds since 1970. */
  time: u64;
  /** Start of the IP header. */
  ip: usize;
  /** Where what was captured of the IP packet ends; padding of the link is beyond. */
  end: usize;
  /** Start of the transport header; 0 in a later fragment, which has none, and where a first one holds but a part of it. */
  transport: usize;
  /** Source address, 4 or 16 octets. */
  source: usize;
  /** Destination address. */
  destination: usize;
  /** Length of the IP packet as it was on the wire. */
  octets: u32;
  /** IP version, 4 or 6. */
  version: u8;
  /** Protocol of the transport header, beyond any IPv6 extension headers. */
  protocol: u8;
  /** Type of service or traffic class: DSCP in the upper six bits, ECN in the lower two. */
  trafficClass: u8;
  /** WHOLE, FIRST or LATER. */
  fragment: u8;
  /** The nine TCP flags, AE (0x100) to FIN; 0 when not TCP. */
  flags: u16;
  /** Ports; 0 where the protocol has none. */
  sourcePort: u16;
  destinationPort: u16;
  /** Number of the list of headers around it (see flow/encapsulations.ts); 0 where there are none. */
  encapsulation: u16;
  /** Identification of the whole packet that a fragment is part of. */
  identification: u32;
}

/** Not a fragment, or the only one (RFC 6946). */
export const WHOLE: u8 = 0;
/** The fragment that has the transport header. */
export const FIRST: u8 = 1;
/** A fragment without one. */
export const LATER: u8 = 2;

/** The packet at hand. Places that are known when the module is compiled need no check of bounds. */
export const packet = changetype<Packet>(memory.data(48, 16));
/** The packet that an ICMP error quotes. */
export const quoted = changetype<Packet>(memory.data(48, 16));

/** No IP packet is longer (BIG TCP ends at 512 KiB): a record that says so does not lead past memory. */
export const LONGEST: u32 = 1 << 24;

/** What a reader says of a header. Nothing beyond `end` was read in any case. */
export const OK: i32 = 0;
/** The octets at hand end before the header does. */
export const SHORT: i32 = 1;
/** The header contradicts itself. */
export const BAD: i32 = 2;
/** A first fragment ends within its transport header, of which the ports were read: it has none to look at. */
export const PORTS_ALONE: i32 = 4;
