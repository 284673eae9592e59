import { HANDLE } from "../flow/annex.ts";
import { allocate } from "../memory.ts";
import { ADDRESS, chainAt, Field, isHeaders, NULLABLE_INTEGERS, PORT } from "./field.ts";
import { copy, cursor, SLACK } from "./text.ts";
import { longestValue, value } from "./value.ts";

// Most of a record says what other records say too: flags, marks, options. So neighbouring fields
// whose values lie within eight octets of the flow are a segment, and the text that those octets
// make is kept, in a small table by their hash.

/** Neighbouring fields of the record. */
@unmanaged
export class Segment {
  /** The first field's pointer in the list of selected fields, and how many there are. */
  fields: usize;
  count: u32;
  /** Where the octets lie that its text depends on, and how many bits of them count. */
  at: u32;
  /** Its table, or 0 where every record differs. */
  entries: usize;
  /** Octets of one entry of the table: the octets it is for, the length of its text, the text. */
  entrySize: u32;
  mask: u64;
  /** The fields are of an annex, whose address the octets are: only the text without one is kept. */
  annexed: bool;
}

const ENTRIES: u32 = 64;
const ENTRY_HEADER: usize = 16;
/** What has more octets than this differs too often. */
const WIDEST: usize = 8;

/** Writes the fields of a segment. */
export function writeSegment(flow: usize, segment: Segment): void {
  if (segment.entries == 0) return render(flow, segment);
  const octets = load<u64>(flow + segment.at) & segment.mask;
  if (segment.annexed && octets != 0) return render(flow, segment);
  const slot = u32((octets * 0x9e37_79b9_7f4a_7c15) >> 58);
  const entry = segment.entries + slot * segment.entrySize;
  const length = load<u32>(entry, 8);
  if (length != 0 && load<u64>(entry) == octets) return copy(entry + ENTRY_HEADER, length);
  const from = cursor;
  render(flow, segment);
  const written = cursor - from;
  store<u64>(entry, octets);
  store<u32>(entry, u32(written), 8);
  memory.copy(entry + ENTRY_HEADER, from, written);
}

function render(flow: usize, segment: Segment): void {
  for (let i: usize = 0; i < segment.count; i++) {
    const field = changetype<Field>(load<usize>(segment.fields + (i << 2)));
    copy(field.label, usize(field.nameLength) + 4);
    value(flow, field);
  }
}

/**
 * Makes a segment of the fields from a place in the list on, as many as fit together; how many.
 * `flowSize` bounds what is read of a flow. Without memory for its table it does without one.
 */
export function makeSegment(segment: Segment, fields: usize, count: u32, flowSize: usize): u32 {
  segment.fields = fields;
  segment.count = 1;
  segment.entries = 0;
  segment.annexed = chainAt(fieldAt(fields, 0).home).annexed;
  if (segment.annexed) return makeAnnexed(segment, count, flowSize);
  let from = start(fieldAt(fields, 0));
  let to = behind(fieldAt(fields, 0));
  if (!isShared(fieldAt(fields, 0)) || to - from > WIDEST) return 1;
  let longest = most(fieldAt(fields, 0));
  for (; segment.count < count; segment.count++) {
    const next = fieldAt(fields, segment.count);
    if (!isShared(next)) break;
    const first = min(from, start(next));
    const last = max(to, behind(next));
    if (last - first > WIDEST) break;
    from = first;
    to = last;
    longest += most(next);
  }
  keepText(segment, from, to, longest, flowSize);
  return segment.count;
}

/** The same for the fields of an annex. */
function makeAnnexed(segment: Segment, count: u32, flowSize: usize): u32 {
  const home = fieldAt(segment.fields, 0).home;
  let longest = most(fieldAt(segment.fields, 0));
  for (; segment.count < count; segment.count++) {
    const next = fieldAt(segment.fields, segment.count);
    if (next.home != home) break;
    longest += most(next);
  }
  const place = chainAt(home).place;
  keepText(segment, place, place + HANDLE, longest, flowSize);
  return segment.count;
}

/** Makes the table for the text that the octets between two places of a flow make. */
function keepText(
  segment: Segment,
  from: usize,
  to: usize,
  longest: usize,
  flowSize: usize,
): void {
  const at = min(from, flowSize - WIDEST);
  segment.at = u32(at);
  const below = u64(from - at) << 3;
  const above = u64(at + WIDEST - to) << 3;
  segment.mask = (u64.MAX_VALUE << (above + below)) >> above;
  segment.entrySize = u32((ENTRY_HEADER + longest + SLACK + 15) & ~15);
  segment.entries = allocate(usize(segment.entrySize) * (segment.annexed ? 1 : ENTRIES));
}

function fieldAt(fields: usize, i: u32): Field {
  return changetype<Field>(load<usize>(fields + (usize(i) << 2)));
}

/** Whether many flows have the same value. Octets of addresses, times and counters are too many; a list's number may be another list's later. */
function isShared(field: Field): bool {
  if (field.type == ADDRESS || field.type == PORT || isHeaders(field)) return false;
  if (chainAt(field.home).annexed) return false;
  return field.detail <= 2 || field.type == NULLABLE_INTEGERS;
}

/** Where the octets begin and end that a field's value depends on. */
function start(field: Field): usize {
  const part = chainAt(field.home).place;
  return part + (field.known == 0 ? field.offset : min(field.offset, field.knownOffset));
}

function behind(field: Field): usize {
  const part = chainAt(field.home).place;
  const end = field.offset + field.detail;
  return part + (field.known == 0 ? end : max(end, field.knownOffset + 1));
}

/** The most octets that a field can take in a record. */
export function most(field: Field): usize {
  return usize(field.nameLength) + 4 + longestValue(field);
}
