// RFC 8200, sections 3 and 4
import { BAD, FIRST, LATER, LONGEST, OK, Packet, SHORT, WHOLE } from "../packet.ts";
import { u16be, u32be } from "./bytes.ts";

const PAYLOAD_LENGTH: usize = 4;
const NEXT_HEADER: usize = 6;
const HOP_LIMIT: usize = 7;
const SOURCE: usize = 8;
const DESTINATION: usize = 24;
const HEADER: usize = 40;

const HOP_BY_HOP: u8 = 0;
const ROUTING: u8 = 43;
const FRAGMENT: u8 = 44;
const MORE: u16 = 1;
const AUTHENTICATION: u8 = 51;
const NO_NEXT_HEADER: u8 = 59;
const DESTINATION_OPTIONS: u8 = 60;
const MOBILITY: u8 = 135;
const HOST_IDENTITY: u8 = 139;
const SHIM6: u8 = 140;

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
  while (true) {
    let length: usize = 8;
    if (
      protocol == HOP_BY_HOP || protocol == ROUTING || protocol == DESTINATION_OPTIONS ||
      protocol == MOBILITY || protocol == HOST_IDENTITY || protocol == SHIM6
    ) {
      if (next + 8 > into.end) return next + 8 > limit ? BAD : SHORT;
      length = (usize(load<u8>(next + 1)) + 1) << 3;
    } else if (protocol == AUTHENTICATION) {
      if (next + 8 > into.end) return next + 8 > limit ? BAD : SHORT;
      length = (usize(load<u8>(next + 1)) + 2) << 2;
    } else if (protocol == FRAGMENT) {
      if (next + 8 > into.end) return next + 8 > limit ? BAD : SHORT;
      const offset = u16be(next + 2);
      into.identification = u32be(next + 4);
      into.fragment = offset & 0xfff8 ? LATER : offset & MORE ? FIRST : WHOLE;
      if (into.fragment == LATER) {
        // What follows is not a header (RFC 8200, section 4.5)
        into.protocol = load<u8>(next);
        return OK;
      }
    } else break;
    if (next + length > limit) return BAD;
    if (next + length > into.end) return SHORT;
    protocol = load<u8>(next);
    next += length;
  }
  into.protocol = protocol;
  into.transport = next;
  return OK;
}

/** Hop limit of a checked header. */
export function hopLimit(at: usize): u8 {
  return load<u8>(at + HOP_LIMIT);
}
