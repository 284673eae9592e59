// RFC 8200, sections 3 and 4
import { BAD, FIRST, LATER, LONGEST, OK, Packet, SHORT, WHOLE } from "../packet.ts";
import { u16be, u32be } from "./bytes.ts";
import {
  extensionLength,
  forgetExtensions,
  FRAGMENT,
  HOP_BY_HOP,
  isExtension,
  jumboLength,
  LEAST,
  noteExtension,
} from "./extensions.ts";

const PAYLOAD_LENGTH: usize = 4;
const NEXT_HEADER: usize = 6;
const HOP_LIMIT: usize = 7;
const SOURCE: usize = 8;
const DESTINATION: usize = 24;
/** Octets of the fixed header. */
export const HEADER: usize = 40;

const MORE: u16 = 1;
const NO_NEXT_HEADER: u8 = 59;

/**
 * A packet of no payload has at most so many octets, with what its link has padded behind it: Ethernet
 * sends 60 octets at least, with tags 64, and four of a checksum that some captures have.
 */
const PADDED: usize = HEADER + 24;

/**
 * Reads an IPv6 header and its extension headers, and finds the transport header. `end` is where
 * the octets at hand end, `onWire` how many there were on the wire.
 */
export function ipv6(at: usize, end: usize, onWire: u32, into: Packet): i32 {
  if (at + HEADER > end) return SHORT;
  const total: usize = HEADER + usize(u16be(at + PAYLOAD_LENGTH));
  return headers(at, end, total == HEADER ? unsaid(at, end, onWire) : total, into);
}

/**
 * Octets of a packet whose payload length is 0. A jumbo payload option says how many (RFC 2675). Without
 * one there is no payload (RFC 8200, section 3), and padding of the link is none, unless the sender's
 * card is still to cut the packet up: drivers of some systems leave the length to it, as does Linux
 * with more than 64 KiB (BIG TCP) where it adds no such option. That is more than a link pads; the
 * record alone says how long it is.
 */
function unsaid(at: usize, end: usize, onWire: u32): usize {
  const next = load<u8>(at + NEXT_HEADER);
  if (next == NO_NEXT_HEADER) return HEADER;
  if (next == HOP_BY_HOP) {
    const jumbo = jumboLength(at + HEADER, end);
    // Beyond all that is believed it is a lie, which is longer than what was on the wire
    if (jumbo != 0) return HEADER + min<usize>(jumbo, LONGEST);
  }
  return usize(onWire) > PADDED ? min<usize>(onWire, LONGEST) : HEADER;
}

/** Reads the headers of a packet that an error quotes: its payload length is often cut or rewritten. */
export function quotedIpv6(at: usize, end: usize, into: Packet): i32 {
  return at + HEADER > end ? SHORT : headers(at, end, end - at, into);
}

function headers(at: usize, end: usize, total: usize, into: Packet): i32 {
  into.ip = at;
  into.end = min(end, at + total);
  into.octets = u32(total);
  into.version = 6;
  into.trafficClass = u8(u16be(at) >> 4);
  into.source = at + SOURCE;
  into.destination = at + DESTINATION;
  into.transport = 0;
  into.fragment = WHOLE;
  // What the IP packet itself has no room for is a lie; what was not captured is short
  const limit = at + total;
  let next = at + HEADER;
  let protocol = load<u8>(at + NEXT_HEADER);
  let status = OK;
  forgetExtensions();
  while (into.fragment != LATER && isExtension(protocol)) {
    const length = next + LEAST > into.end ? LEAST : extensionLength(protocol, next);
    if (next + length > into.end) {
      status = next + length > limit ? BAD : SHORT;
      break;
    }
    noteExtension(protocol, next, length);
    if (protocol == FRAGMENT) {
      const offset = u16be(next + 2);
      // The outermost one counts that is not alone: the others are part of what it has a part of
      if (into.fragment == WHOLE) {
        into.identification = u32be(next + 4);
        into.fragment = offset & MORE ? FIRST : WHOLE;
      }
      // What follows a later one is not a header (RFC 8200, section 4.5)
      if (offset & 0xfff8) into.fragment = LATER;
    }
    protocol = load<u8>(next);
    next += length;
  }
  into.protocol = protocol;
  if (status == OK && into.fragment != LATER) into.transport = next;
  return status;
}

/** Hop limit of a checked header. */
export function hopLimit(at: usize): u8 {
  return load<u8>(at + HOP_LIMIT);
}
