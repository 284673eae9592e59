// Options as TCP and IPv4 write them (RFC 9293, section 3.1; RFC 791, section 3.1).

const END: u8 = 0;
export const NOP: u8 = 1;

// The options that were walked last, a word each: kind, length, and place from the first one on, an
// octet each. No header has room for more than 40. Views in JavaScript read them too (see inspect.ts).
const table: usize = memory.data(160, 4);
/** How many there are. An end of the list is one, the last. */
export let walked: usize = 0;

/**
 * Walks the options between two places, of which `end` is where the header ends or what was captured
 * of it. As in any receiver, the list ends at kind 0, at a length below 2, and at an option that runs
 * past the header. Whether the list was walked to its end: where it was cut, more may have followed.
 */
export function walkOptions(from: usize, end: usize, header: usize): bool {
  walked = 0;
  let next = from;
  while (next < end) {
    const kind = load<u8>(next);
    let size: usize = 1;
    if (kind > NOP) {
      if (next + 2 > end) return end == header;
      size = load<u8>(next + 1);
      if (size < 2 || next + size > header) return true;
      if (next + size > end) return false;
    }
    store<u32>(table + (walked << 2), u32(kind) | u32(size) << 8 | u32(next - from) << 16);
    walked++;
    if (kind == END) return true;
    next += size;
  }
  return end == header;
}

/** Address of the table of the options that were walked last, a word each. */
export function optionsAt(): usize {
  return table;
}

export function kindAt(i: usize): u8 {
  return load<u8>(table + (i << 2));
}

export function sizeAt(i: usize): usize {
  return load<u8>(table + (i << 2), 1);
}

/** Octets between the first option and this one. */
export function offsetAt(i: usize): usize {
  return load<u8>(table + (i << 2), 2);
}
