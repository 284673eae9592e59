import { Flow, FORWARD_IS_LOW } from "../flow/flow.ts";
import {
  ADDRESS,
  BOOLEAN,
  Field,
  field,
  fieldCount,
  INTEGER,
  NULLABLE,
  PORT,
  PROTOCOL,
  TIME,
} from "./field.ts";
import {
  address4,
  address6,
  boolean,
  copy,
  cursor,
  decimal,
  moveTo,
  nothing,
  octet,
  seconds,
} from "./text.ts";
import * as tcp from "../wire/tcp.ts";
import * as udp from "../wire/udp.ts";

/** The longest value: an IPv6 address in quotes. */
const LONGEST_VALUE: usize = 48;
/** Of a record without fields; otherwise the first comma is one of them. */
const BRACES: usize = 3;

const selected: usize = memory.data(1024, 8);
let count: i32 = 0;
let longest: usize = BRACES;

/** Chooses the fields of the chains that are on. */
export function selectFields(chains: u32): void {
  count = 0;
  longest = BRACES;
  for (let i = 0; i < fieldCount; i++) {
    const at = field(i);
    if ((chains & (1 << at.chain)) == 0) continue;
    store<usize>(selected + (usize(count++) << 2), changetype<usize>(at));
    longest += usize(at.nameLength) + 4 + LONGEST_VALUE;
  }
}

/** The most octets that one record can take. */
export function longestRecord(): usize {
  return longest;
}

/** Writes a flow as one line of JSON at a place with room for it; the place behind. */
export function write(flow: usize, to: usize): usize {
  moveTo(to);
  for (let i = 0; i < count; i++) {
    const at = changetype<Field>(load<usize>(selected + (usize(i) << 2)));
    copy(at.label, usize(at.nameLength) + 4);
    value(flow, at);
  }
  if (count == 0) octet(0x7b);
  else store<u8>(to, 0x7b); // the first comma becomes the brace
  octet(0x7d);
  octet(0x0a);
  return cursor;
}

function value(flow: usize, field: Field): void {
  const at = flow + field.offset;
  const type = field.type;
  if (type == BOOLEAN) boolean((load<u8>(at) & field.detail) != 0);
  else if (type == INTEGER) decimal(field.detail == 8 ? load<u64>(at) : u64(load<u16>(at)));
  else if (type == NULLABLE) {
    const found = load<u16>(at);
    if (found == 0xffff) nothing();
    else decimal(found);
  } else if (type == TIME) seconds(load<u64>(at));
  else if (type == PROTOCOL) decimal(changetype<Flow>(flow).protocol);
  else if (type == PORT) port(changetype<Flow>(flow), isLow(flow, field.detail));
  else if (type == ADDRESS) address(changetype<Flow>(flow), isLow(flow, field.detail));
}

/** Whether the source (0) or destination (1) is the key's lower endpoint. */
function isLow(flow: usize, side: u8): bool {
  return ((changetype<Flow>(flow).marks & FORWARD_IS_LOW) != 0) == (side == 0);
}

function port(flow: Flow, low: bool): void {
  if (flow.protocol != tcp.PROTOCOL && flow.protocol != udp.PROTOCOL) nothing();
  else decimal(low ? flow.lowPort : flow.highPort);
}

function address(flow: Flow, low: bool): void {
  const at = changetype<usize>(flow) +
    (low ? offsetof<Flow>("low0") : offsetof<Flow>("high0"));
  octet(0x22);
  if (flow.version == 4) address4(at);
  else address6(at);
  octet(0x22);
}
