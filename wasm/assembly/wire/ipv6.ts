// RFC 8200, sections 3 and 4
import { BAD, FIRST, LATER, LONGEST, OK, Packet, SHORT, WHOLE } from "../packet.ts";
import { u16be, u32be } from "./bytes.ts";
import {
  extensionLength,
  forgetExtensions,
  FRAGMENT,
  isExtension,
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
 * Reads an IPv6 header and its extension headers, and finds the transport header. `end` is where
 * the octets at hand end, `onWire` how many there were on the wire.
 */
export function ipv6(at: usize, end: usize, onWire: u32, into: Packet): i32 {
  if (at + HEADER > end) return SHORT;
  let total: usize = HEADER + usize(u16be(at + PAYLOAD_LENGTH));
  // 0 stands on jumbograms (RFC 2675) and where segmentation offload is still to come
  if (total == HEADER && load<u8>(at + NEXT_HEADER) != NO_NEXT_HEADER) {
    total = min(onWire, LONGEST);
  }
  return headers(at, end, total, into);
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
      into.identification = u32be(next + 4);
      // What follows a later one is not a header (RFC 8200, section 4.5)
      into.fragment = offset & 0xfff8 ? LATER : offset & MORE ? FIRST : WHOLE;
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
