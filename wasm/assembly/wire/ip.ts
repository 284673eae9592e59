import { BAD, OK, Packet } from "../packet.ts";
import { ipv4 } from "./ipv4.ts";
import { ipv6 } from "./ipv6.ts";

/**
 * Reads the IP header at a place, of either version, and what leads to the transport header. `onWire`
 * octets were there on the wire as far as is known; a length beyond `most` is a lie.
 */
export function ip(at: usize, end: usize, onWire: u32, most: u32, into: Packet): i32 {
  const status = load<u8>(at) >> 4 == 4 ? ipv4(at, end, onWire, into) : ipv6(at, end, onWire, into);
  return status == OK && into.octets > most ? BAD : status;
}
