// RFC 9293, section 3.1; RFC 768; RFC 792; RFC 4443
import { putU16be, putU32be } from "../wire/bytes.ts";
import { PROTOCOL_6 as ICMP_6 } from "../wire/icmp.ts";
import { HEADER as TCP_HEADER, PROTOCOL as TCP } from "../wire/tcp.ts";
import { PROTOCOL as UDP } from "../wire/udp.ts";
import { forgeAt, ipHeader } from "./buffer.ts";
import { fold, pseudoHeader, RIGHT, sum } from "./checksum.ts";

/** Octets of a UDP or ICMP header. */
const HEADER: usize = 8;

// Each writes its header before what stands there already, and returns the octets of both.

/** Stores a checksum that was given, or the right one. */
function putChecksum(field: usize, given: i32, right: u16): void {
  if (given == RIGHT) store<u16>(field, right);
  else putU16be(field, given);
}

/**
 * A TCP header. `words` has the data offset, the bits behind it and the flags: 16 bits. `behind`:
 * octets of options and payload.
 */
export function forgeTcp(
  version: u32,
  source: u32,
  destination: u32,
  sequence: u32,
  acknowledgment: u32,
  words: u32,
  window: u32,
  urgent: u32,
  checksum: i32,
  behind: usize,
): usize {
  const at = forgeAt() + ipHeader(version);
  const length = TCP_HEADER + behind;
  putU16be(at, source);
  putU16be(at + 2, destination);
  putU32be(at + 4, sequence);
  putU32be(at + 8, acknowledgment);
  putU16be(at + 12, words);
  putU16be(at + 14, window);
  store<u16>(at, 0, 16);
  putU16be(at + 18, urgent);
  putChecksum(at + 16, checksum, fold(pseudoHeader(version, TCP, length) + sum(at, length)));
  return length;
}

/** A UDP header. Its own `length` may be a lie; the checksum goes over what there is. */
export function forgeUdp(
  version: u32,
  source: u32,
  destination: u32,
  length: u32,
  checksum: i32,
  payload: usize,
): usize {
  const at = forgeAt() + ipHeader(version);
  const octets = HEADER + payload;
  putU16be(at, source);
  putU16be(at + 2, destination);
  putU16be(at + 4, length);
  store<u16>(at, 0, 6);
  const right = fold(pseudoHeader(version, UDP, octets) + sum(at, octets));
  // A checksum of zero says that there is none: its other form, all ones, means the same number
  putChecksum(at + 6, checksum, right == 0 ? 0xffff : right);
  return octets;
}

/** An ICMP header of the version. That of IPv4 has no pseudo-header in its checksum. */
export function forgeIcmp(
  version: u32,
  type: u32,
  code: u32,
  rest: u32,
  checksum: i32,
  payload: usize,
): usize {
  const at = forgeAt() + ipHeader(version);
  const octets = HEADER + payload;
  store<u8>(at, u8(type));
  store<u8>(at, u8(code), 1);
  store<u16>(at, 0, 2);
  putU32be(at + 4, rest);
  const pseudo = version == 4 ? 0 : pseudoHeader(version, ICMP_6, octets);
  putChecksum(at + 2, checksum, fold(pseudo + sum(at, octets)));
  return octets;
}
