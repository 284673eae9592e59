// RFC 1035, section 4
import { BAD, OK, SHORT } from "../packet.ts";
import { u16be } from "./bytes.ts";

const FLAGS: usize = 2;
const QUESTIONS: usize = 4;
const ANSWERS: usize = 6;
const AUTHORITIES: usize = 8;
const ADDITIONALS: usize = 10;
const HEADER: usize = 12;

const RESPONSE: u16 = 0x8000;
/** A bit for each that is in use: Query, Status, Notify, Update, Stateful Operations; IQuery is obsolete (RFC 3425). */
const OPCODES: u32 = 1 << 0 | 1 << 2 | 1 << 4 | 1 << 5 | 1 << 6;
/** Assigned in the header: NOERROR to DSOTYPENI (RFC 8490). */
const LAST_RCODE: u16 = 11;

/** Octets of the shortest question (root, type, class) and record (with TTL and length). */
const LEAST_QUESTION: u32 = 5;
const LEAST_RECORD: u32 = 11;
/** Its class is a length (RFC 6891, section 6.1.2). */
const OPT: u16 = 41;
const LONGEST_NAME: usize = 255;

/** The message at hand: where it begins, its octets that were captured, those there were. */
let start: usize = 0;
let captured: usize = 0;
let length: usize = 0;
/** How far it was read, from `start` on. */
let position: usize = 0;

/**
 * Whether the octets from `at` on are a valid response: it says that it is one, opcode and RCODE
 * are assigned, the message has room for as much as it counts, and question and records parse
 * within it. Header and question must be there whole; of records that the capture cut, those that
 * are there decide. A response without a question must carry an error. `octets` is the length of
 * the message on the wire, `end` where the captured octets end.
 */
export function isResponse(at: usize, end: usize, octets: usize): bool {
  if (octets < HEADER || at > end || end - at < HEADER) return false;
  const flags = u16be(at + FLAGS);
  const opcode: u16 = (flags >> 11) & 15;
  const rcode: u16 = flags & 15;
  if ((flags & RESPONSE) == 0) return false;
  if ((OPCODES >> opcode & 1) == 0 || rcode > LAST_RCODE) return false;
  const questions: u32 = u16be(at + QUESTIONS);
  const records = u32(u16be(at + ANSWERS)) + u16be(at + AUTHORITIES) + u16be(at + ADDITIONALS);
  if (opcode == 0 && (questions > 1 || (questions == 0 && rcode == 0))) return false;
  if (HEADER + questions * LEAST_QUESTION + records * LEAST_RECORD > octets) return false;
  start = at;
  captured = min(end - at, octets);
  length = octets;
  position = HEADER;
  for (let i: u32 = 0; i < questions; i++) {
    if (name() != OK || skip(4) != OK || isReserved(4)) return false;
  }
  for (let i: u32 = 0; i < records; i++) {
    const status = record();
    if (status != OK) return status == SHORT;
  }
  return true;
}

/** The same over TCP, where two octets of length come first (section 4.2.2). */
export function isResponseOverTcp(at: usize, end: usize): bool {
  if (at + 2 > end) return false;
  return isResponse(at + 2, end, u16be(at));
}

/** Reads a resource record (section 4.1.3): name, type, class, TTL, length, data. */
function record(): i32 {
  let status = name();
  if (status != OK) return status;
  status = skip(10);
  if (status != OK) return status;
  if (isReserved(10)) return BAD;
  return skip(u16be(start + position - 2));
}

/**
 * Whether the type or the class so many octets back is 0, which is reserved (RFC 6895, sections 3.1 and
 * 3.2): what else begins as a response, such as an answer of a remote procedure call (RFC 5531), has zeros there.
 */
function isReserved(back: usize): bool {
  const type = u16be(start + position - back);
  return type == 0 || (type != OPT && u16be(start + position - back + 2) == 0);
}

/** Reads a name: labels up to the root, or a pointer to an earlier place (section 4.1.4). */
function name(): i32 {
  const from = position;
  while (true) {
    const at = position;
    let status = skip(1);
    if (status != OK) return status;
    const label: usize = load<u8>(start + at);
    if (label == 0) return OK;
    if (label >= 0xc0) {
      status = skip(1);
      if (status != OK) return status;
      const target: usize = u16be(start + at) & 0x3fff;
      return target >= HEADER && target < from ? OK : BAD;
    }
    if (label > 63) return BAD;
    status = skip(label);
    if (status != OK) return status;
    if (position - from >= LONGEST_NAME) return BAD;
  }
}

/** Moves on, if the message has the octets and the capture too. */
function skip(octets: usize): i32 {
  if (position + octets > length) return BAD;
  if (position + octets > captured) return SHORT;
  position += octets;
  return OK;
}
