import { allocate } from "../memory.ts";

/** Octets of the longest packet (RFC 8200, section 3: the payload length leaves the header out). */
const LONGEST: usize = 40 + 0xffff;

/** Where the packet is built, and the addresses that it goes between: 16 octets each. */
let packet: usize = 0;
let addresses: usize = 0;

/**
 * Where a packet is built, 0 when memory is used up. What stands behind its headers (TCP options,
 * payload) is written there first, then the transport header, which knows its checksum by that.
 */
export function forgeAt(): usize {
  if (packet == 0) packet = allocate(LONGEST + 1);
  return packet;
}

/** Where the packet's addresses go before anything else: the source, and 16 octets on the destination. */
export function forgeAddresses(): usize {
  if (addresses == 0) addresses = allocate(32);
  return addresses;
}

/** Octets of an IP header without options. */
export function ipHeader(version: u32): usize {
  return version == 4 ? 20 : 40;
}

/** Octets of an address. */
export function addressLength(version: u32): usize {
  return version == 4 ? 4 : 16;
}

/** Copies the addresses into a header. */
export function putAddresses(version: u32, at: usize): void {
  const length = addressLength(version);
  memory.copy(at, addresses, length);
  memory.copy(at + length, addresses + 16, length);
}

/** The source address; the destination's is 16 octets on. */
export function addressesAt(): usize {
  return addresses;
}
