// A step inwards: a header was read, and what lies behind it is named. Every step begins behind the one
// before, so that none is taken twice, and ends with one of the words of packet.ts or of these.
import { BAD, OK, SHORT } from "../../packet.ts";

/** What was read is whole, and no IP packet can be found in it. */
export const NOT_IP: i32 = 3;
/** What lies behind is to be read next: `protocol` at `place`. */
export const ON: i32 = 5;
/** There are more headers than are followed. */
export const TOO_DEEP: i32 = 6;
/** It is no tunnel. */
export const NONE: i32 = 7;

export const ETHERTYPE_IPV4: u32 = 0x0800;
export const ETHERTYPE_IPV6: u32 = 0x86dd;
export const ETHERTYPE_MPLS: u32 = 0x8847;
export const ETHERTYPE_NSH: u32 = 0x894f;
export const TRANSPARENT_BRIDGING: u32 = 0x6558;

// What has no EtherType has a number above all of them
export const PPP: u32 = 0x1_0000;
export const LLC: u32 = 0x1_0001;
export const CISCO_IN_GRE: u32 = 0x1_0002;

/** What lies behind the header that was read last, an EtherType or one of the numbers above, and where. */
export let protocol: u32 = 0;
export let place: usize = 0;

/** Start of the IP header, after OK. */
export let network: usize = 0;

/** Where the octets ended on the wire of which the packet at hand is made; what was captured may end before. */
export let wireEnd: usize = 0;

export function setWireEnd(at: usize): void {
  wireEnd = at;
}

/** Names what is to be read next. */
export function goOn(next: u32, at: usize): i32 {
  protocol = next;
  place = at;
  return ON;
}

/** An IP packet of a version: what lies around it must not lie about that. */
export function version(at: usize, end: usize, expected: u8): i32 {
  if (at >= end) return SHORT;
  network = at;
  return load<u8>(at) >> 4 == expected ? OK : BAD;
}

/** An IP packet of either version, which its first four bits say. */
export function eitherVersion(at: usize, end: usize): i32 {
  if (at >= end) return SHORT;
  const found = load<u8>(at) >> 4;
  if (found != 4 && found != 6) return NOT_IP;
  network = at;
  return OK;
}
