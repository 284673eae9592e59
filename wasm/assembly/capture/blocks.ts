import { Interface, interfaceAt, interfaces, NO_TIME, timeOn } from "./interfaces.ts";
import { list, listed, MOST } from "./list.ts";

// Blocks of pcapng (draft-ietf-opsawg-pcapng): type, length, body, length again.

const PACKET: u32 = 2; // obsolete
const SIMPLE: u32 = 3;
const ENHANCED: u32 = 6;

/** Octets of a block without its body. */
const BLOCK: usize = 12;
/** Octets before a packet: those of an enhanced packet block and of the obsolete one, those of a simple one. */
const HEADER: usize = 28;
const SIMPLE_HEADER: usize = 12;
/** The length that stands behind the body. */
const TRAILER: usize = 4;

/** Time of the last packet that was listed, which a simple packet block, that has none, is given. */
let before: u64 = 0;

/** Begins a file. */
export function beginBlocks(): void {
  before = 0;
}

/**
 * Lists the packets of the blocks between two places, until the list is full, a block is cut, or one
 * has to be judged: because it is of another kind, or because something in it is wrong. The place
 * where it stopped.
 *
 * @param swapped whether numbers have the other byte order than this module's
 */
export function listBlocks(at: usize, to: usize, swapped: bool): usize {
  while (listed < MOST && at + BLOCK <= to) {
    const type = number(at, swapped);
    const length: usize = number(at + 4, swapped);
    if (length > to - at || length < BLOCK || (length & 3) != 0) break;
    if (<usize> number(at + length - TRAILER, swapped) != length) break;
    if (type == ENHANCED || type == PACKET) {
      if (length < HEADER + TRAILER) break;
      const source = type == ENHANCED ? number(at + 8, swapped) : u32(short(at + 8, swapped));
      const captured = number(at + 20, swapped);
      if (source >= u32(interfaces) || usize(captured) > length - HEADER - TRAILER) break;
      const units = u64(number(at + 12, swapped)) << 32 | u64(number(at + 16, swapped));
      const time = timeOn(interfaceAt(source), units);
      if (time == NO_TIME) break;
      list(time, at + HEADER, captured, number(at + 24, swapped), source);
      before = time;
    } else if (type == SIMPLE) {
      if (length < SIMPLE_HEADER + TRAILER || interfaces == 0) break;
      if (!listSimple(at, length, number(at + 8, swapped), interfaceAt(0))) break;
    } else break;
    at += length;
  }
  return at;
}

/** A simple packet block, which is of the first interface, and is cut where that one's snapshot length says. False when it is shorter than that. */
function listSimple(at: usize, length: usize, wireLength: u32, first: Interface): bool {
  const captured = min(wireLength, first.snaplen);
  if (usize(captured) > length - SIMPLE_HEADER - TRAILER) return false;
  list(before, at + SIMPLE_HEADER, captured, wireLength, 0);
  return true;
}

function number(at: usize, swapped: bool): u32 {
  const value = load<u32>(at);
  return swapped ? bswap<u32>(value) : value;
}

function short(at: usize, swapped: bool): u16 {
  const value = load<u16>(at);
  return swapped ? bswap<u16>(value) : value;
}
