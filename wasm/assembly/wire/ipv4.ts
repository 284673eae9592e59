// RFC 791, section 3.1
import { BAD, FIRST, LATER, LONGEST, OK, Packet, SHORT, WHOLE } from "../packet.ts";
import { u16be } from "./bytes.ts";
import { AUTHENTICATION, extensionLength, LEAST } from "./extensions.ts";

const TRAFFIC_CLASS: usize = 1;
const TOTAL_LENGTH: usize = 2;
const IDENTIFICATION: usize = 4;
const FRAGMENT: usize = 6;
const MORE: u16 = 0x2000;
const OFFSET: u16 = 0x1fff;
const TIME_TO_LIVE: usize = 8;
const PROTOCOL: usize = 9;
const SOURCE: usize = 12;
const DESTINATION: usize = 16;
const HEADER: usize = 20;

/**
 * Reads an IPv4 header and finds the transport header. `end` is where the octets at hand end,
 * `onWire` how many there were on the wire.
 */
export function ipv4(at: usize, end: usize, onWire: u32, into: Packet): i32 {
  if (at + HEADER > end) return SHORT;
  let total: usize = u16be(at + TOTAL_LENGTH);
  // 0 stands on packets that the sender's card is still to cut up (segmentation offload)
  if (total == 0) total = min(onWire, LONGEST);
  return header(at, end, total, into);
}

/** Reads the header of a packet that an error quotes: its total length is often cut or rewritten. */
export function quotedIpv4(at: usize, end: usize, into: Packet): i32 {
  return at + HEADER > end ? SHORT : header(at, end, end - at, into);
}

function header(at: usize, end: usize, total: usize, into: Packet): i32 {
  const headerLength = usize(load<u8>(at) & 0x0f) << 2;
  if (headerLength < HEADER || total < headerLength) return BAD;
  if (at + headerLength > end) return SHORT;
  into.ip = at;
  into.end = min(end, at + total);
  into.octets = u32(total);
  into.version = 4;
  into.trafficClass = load<u8>(at + TRAFFIC_CLASS);
  into.protocol = load<u8>(at + PROTOCOL);
  into.source = at + SOURCE;
  into.destination = at + DESTINATION;
  const fragment = u16be(at + FRAGMENT);
  into.identification = u16be(at + IDENTIFICATION);
  into.fragment = fragment & OFFSET ? LATER : fragment & MORE ? FIRST : WHOLE;
  into.transport = into.fragment == LATER ? 0 : at + headerLength;
  return into.protocol == AUTHENTICATION && into.fragment != LATER
    ? behindAuthentication(at + total, into)
    : OK;
}

/** Finds what authentication headers protect (RFC 4302): it is not encrypted. `limit` is where the packet ended on the wire. */
function behindAuthentication(limit: usize, into: Packet): i32 {
  let next = into.transport;
  while (into.protocol == AUTHENTICATION) {
    const length = next + LEAST > into.end ? LEAST : extensionLength(AUTHENTICATION, next);
    if (next + length > into.end) return next + length > limit ? BAD : SHORT;
    into.protocol = load<u8>(next);
    next += length;
  }
  into.transport = next;
  return OK;
}

/** What a checked header says follows it, which all fragments of a packet have in common. */
export function headerProtocol(at: usize): u8 {
  return load<u8>(at + PROTOCOL);
}

/** The reserved flag of a checked header (RFC 3514 calls it the evil bit). */
export function reserved(at: usize): bool {
  return (load<u8>(at + FRAGMENT) & 0x80) != 0;
}

/** Time to live of a checked header. */
export function timeToLive(at: usize): u8 {
  return load<u8>(at + TIME_TO_LIVE);
}
