import { list, listed, MOST } from "./list.ts";

/** Octets before each packet of a pcap file, as pcap_dump(3) writes them too: seconds, fraction, captured octets, octets on the wire; 32 bits each. */
export const RECORD: usize = 16;

/**
 * Lists the packets of the records between two places, until one is cut, or says that it holds more
 * than `longest` octets, or the list is full. The place where it stopped.
 *
 * @param swapped whether numbers have the other byte order than this module's
 * @param fraction what one unit of a time's fraction is worth: 1 or 1,000 nanoseconds
 * @param header octets before a packet: `RECORD`, or more of which the rest is not read
 */
export function listRecords(
  at: usize,
  to: usize,
  swapped: bool,
  fraction: u32,
  longest: u32,
  header: usize,
): usize {
  while (at + header <= to && listed < MOST) {
    const captured = number(at + 8, swapped);
    if (usize(captured) > to - at - header || captured > longest) break;
    const time = u64(number(at, swapped)) * 1_000_000_000 +
      u64(number(at + 4, swapped)) * fraction;
    list(time, at + header, captured, number(at + 12, swapped), 0);
    at += header + usize(captured);
  }
  return at;
}

function number(at: usize, swapped: bool): u32 {
  const value = load<u32>(at);
  return swapped ? bswap<u32>(value) : value;
}
