import { field, fieldCount } from "./field.ts";
import { makeSegment, most, Segment, writeSegment } from "./segment.ts";
import { cursor, moveTo, octet } from "./text.ts";

/** Of a record without fields; otherwise the first comma is one of them. */
const BRACES: usize = 3;

const selected: usize = memory.data(768, 8);
const segments: usize = memory.data(7680, 8);
let segmentCount: i32 = 0;
let longest: usize = BRACES;

/** Chooses the fields of the chains that are on, of flows of a size. */
export function selectFields(chains: u32, flowSize: usize): void {
  let count: u32 = 0;
  longest = BRACES;
  for (let i = 0; i < fieldCount; i++) {
    const at = field(i);
    if ((chains & (1 << at.chain)) == 0) continue;
    store<usize>(selected + (usize(count++) << 2), changetype<usize>(at));
    longest += most(at);
  }
  segmentCount = 0;
  for (let i: u32 = 0; i < count;) {
    const segment = segmentAt(segmentCount++);
    i += makeSegment(segment, selected + (usize(i) << 2), count - i, flowSize);
  }
}

function segmentAt(i: i32): Segment {
  return changetype<Segment>(segments + usize(i) * offsetof<Segment>());
}

/** The most octets that one record can take. */
export function longestRecord(): usize {
  return longest;
}

/** Writes a flow as one line of JSON at a place with room for it and `SLACK`; the place behind. */
export function write(flow: usize, to: usize): usize {
  moveTo(to);
  for (let i = 0; i < segmentCount; i++) writeSegment(flow, segmentAt(i));
  if (segmentCount == 0) octet(0x7b);
  else store<u8>(to, 0x7b); // the first comma becomes the brace
  octet(0x7d);
  octet(0x0a);
  return cursor;
}
