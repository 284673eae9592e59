import { u16be } from "../bytes.ts";
import { HEADER as ETHERNET } from "./ethernet.ts";
import { ETHERTYPE_IPV4, ETHERTYPE_IPV6, wireEnd } from "./step.ts";

/** Octets of the shortest frame's content, to which a shorter one is padded (IEEE 802.3, clause 3.2.8). */
const PADDED: usize = 46;
/** Octets of a frame's checksum, which some captures keep. */
const CHECKSUM: usize = 4;

/**
 * Whether what nothing has named is an Ethernet frame with IP in it: its type and the IP header's
 * version agree, and the IP packet ends where the octets on the wire do. What is another thing has
 * that right once in some 2^40.
 */
export function isFrame(at: usize, end: usize): bool {
  let next = at + ETHERNET;
  if (next > end) return false;
  let type: u32 = u16be(next - 2);
  for (let tags = 0; tags < 2 && (type == 0x8100 || type == 0x88a8); tags++) {
    next += 4;
    if (next > end) return false;
    type = u16be(next - 2);
  }
  if (next + 6 > end) return false;
  const first = load<u8>(next);
  let octets: usize;
  if (type == ETHERTYPE_IPV4 && first >> 4 == 4 && (first & 15) >= 5) octets = u16be(next + 2);
  else if (type == ETHERTYPE_IPV6 && first >> 4 == 6) octets = usize(u16be(next + 4)) + 40;
  else return false;
  const room = wireEnd - next;
  return octets == room || octets <= room && (room <= PADDED || octets + CHECKSUM == room);
}
