// RFC 1071
import { addressesAt, addressLength } from "./buffer.ts";

/** Leave the choice of a checksum to the one who builds. */
export const RIGHT: i32 = -1;

/**
 * The sum of octets as numbers of 16 bits, as they lie in memory: the order of octets does not
 * matter to it (section 2 B). An odd last octet is followed by a zero.
 */
export function sum(at: usize, length: usize): u64 {
  let total: u64 = 0;
  const even = at + (length & ~1);
  for (; at < even; at += 2) total += load<u16>(at);
  return length & 1 ? total + load<u8>(at) : total;
}

/** A number of 32 bits in the order in which it would lie in a packet. */
export function inOrder(value: u32): u64 {
  return bswap<u32>(value);
}

/**
 * The sum of the pseudo-header of a transport (RFC 9293, section 3.1; RFC 8200, section 8.1). Both
 * versions come to the same: fields of zero, and where a field stands, add nothing.
 */
export function pseudoHeader(version: u32, protocol: u32, length: usize): u64 {
  const octets = addressLength(version);
  const addresses = addressesAt();
  return sum(addresses, octets) + sum(addresses + 16, octets) + inOrder(protocol) +
    inOrder(u32(length));
}

/** The checksum that a sum comes to, in network byte order as it is stored. */
export function fold(total: u64): u16 {
  while (total >> 16) total = (total & 0xffff) + (total >> 16);
  return ~u16(total);
}
