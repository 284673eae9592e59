// RFC 9293, section 3.1
import { BAD, OK, Packet, SHORT } from "../packet.ts";
import { u16be, u32be } from "./bytes.ts";

export const PROTOCOL: u8 = 6;
export const FIN: u8 = 0x01;
export const SYN: u8 = 0x02;
export const RST: u8 = 0x04;
export const ACK: u8 = 0x10;

const SEQUENCE: usize = 4;
const OFFSET: usize = 12;
const FLAGS: usize = 13;
const HEADER: usize = 20;

const OPTION_END: u8 = 0;
const OPTION_NOP: u8 = 1;

/** Option kind Timestamps (RFC 7323, section 3.2): TSval at 2, TSecr at 6, 10 octets. */
export const OPTION_TIMESTAMPS: u8 = 8;

/** Checks the header once and sets ports and flags. Options may be cut short by the capture. */
export function tcp(into: Packet): i32 {
  const at = into.transport;
  const wire = into.ip + into.octets;
  if (at + HEADER > wire) return BAD;
  if (at + HEADER > into.end) return SHORT;
  const length = headerLength(at);
  if (length < HEADER || at + length > wire) return BAD;
  into.sourcePort = u16be(at);
  into.destinationPort = u16be(at + 2);
  into.flags = load<u8>(at + FLAGS);
  return OK;
}

function headerLength(at: usize): usize {
  return usize(load<u8>(at + OFFSET) >> 4) << 2;
}

/** Sequence number of a header that `tcp` called OK. */
export function sequence(at: usize): u32 {
  return u32be(at + SEQUENCE);
}

/**
 * Place of the first option of a kind, or 0. Only an option of at least `length` octets that lies
 * wholly in the header and in what was captured is found; the walk ends at a length below 2.
 */
export function option(packet: Packet, kind: u8, length: usize): usize {
  const at = packet.transport;
  const end = min(at + headerLength(at), packet.end);
  let next = at + HEADER;
  while (next < end) {
    const found = load<u8>(next);
    if (found == OPTION_END) return 0;
    if (found == OPTION_NOP) {
      next++;
      continue;
    }
    if (next + 2 > end) return 0;
    const size: usize = load<u8>(next + 1);
    if (size < 2 || next + size > end) return 0;
    if (found == kind && size >= length) return next;
    next += size;
  }
  return 0;
}
