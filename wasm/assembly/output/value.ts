import { lastOf } from "../flow/encapsulations.ts";
import { Flow, FORWARD_IS_LOW } from "../flow/flow.ts";
import { narrow } from "../flow/narrow.ts";
import { isNumbered, isPair, nameOf } from "../wire/encap/kinds.ts";
import { hasPorts } from "../wire/ports.ts";
import { kindOf, kindsBehind, NO_KINDS } from "../wire/tcp_options.ts";
import {
  ADDRESS,
  BOOLEAN,
  chainAt,
  Field,
  isHeaders,
  LONGEST_NUMBERS,
  LONGEST_TEXT,
  MEDIAN,
  NULLABLE_ADDRESS,
  NULLABLE_BOOLEAN,
  NULLABLE_INTEGERS,
  NULLABLE_TIME,
  NULLABLE_WORD,
  NUMBERS,
  ONE_OF_FOUR,
  PORT,
  RATE,
  TEXT,
  TIME,
} from "./field.ts";
import { medianOf } from "./median.ts";
import {
  address4,
  address6,
  boolean,
  characters,
  decimal,
  nothing,
  octet,
  seconds,
} from "./text.ts";

/** The longest value of a field: 16 kinds of two digits, eight headers, numbers of five digits, or a text of escapes. */
export function longestValue(field: Field): usize {
  if (isHeaders(field)) return 192;
  if (field.type < TEXT) return 56;
  return field.type == NUMBERS ? LONGEST_NUMBERS * 3 + 2 : LONGEST_TEXT * 6 + 4;
}

/** Writes what a flow has for a field, as JSON. */
export function value(flow: usize, field: Field): void {
  const type = field.type;
  if (type == ADDRESS) return address(changetype<Flow>(flow), isLow(flow, field.detail));
  if (type == PORT) return port(changetype<Flow>(flow), isLow(flow, field.detail));
  const part = partOf(flow, field);
  if (field.known != 0 && (load<u8>(part + field.knownOffset) & field.known) == 0) {
    return nothing();
  }
  const at = part + field.offset;
  if (type == BOOLEAN || type == NULLABLE_BOOLEAN) boolean((load<u8>(at) & field.mask) != 0);
  else if (type == TIME || type == NULLABLE_TIME) seconds(load<u64>(at));
  else if (type == NULLABLE_INTEGERS) kinds(load<u64>(at));
  else if (type == NULLABLE_ADDRESS) quoted(changetype<Flow>(flow), at);
  else if (type == NULLABLE_WORD) {
    word(load<u8>(at) & field.mask, changetype<string>(usize(field.four)));
  } else if (type >= TEXT) listed(type, load<u32>(at), load<u32>(at, 4));
  else if (type == RATE) rate(at);
  else if (isHeaders(field)) headers(load<u16>(at));
  else if (type == MEDIAN) decimal(medianOf(load<u32>(at)));
  else if (type == ONE_OF_FOUR) decimal(oneOfFour(load<u8>(at), field));
  else decimal(number(at, field));
}

/** As much as any annex has, of a flow without one: every value is that of the beginning. */
const NOTHING: usize = memory.data(256, 8);

/** Where the values lie of the chain that a field is at home in. */
function partOf(flow: usize, field: Field): usize {
  const chain = chainAt(field.home);
  const part = flow + chain.place;
  if (!chain.annexed) return part;
  const annex: usize = load<u32>(part);
  return annex == 0 ? NOTHING : annex;
}

function oneOfFour(octet: u8, field: Field): u64 {
  const place = u32(octet & field.mask) >> ctz<u32>(field.mask);
  return field.four >> (place << 3) & 0xff;
}

function number(at: usize, field: Field): u64 {
  return field.detail == 1 ? load<u8>(at) & field.mask : narrow(at, field.detail);
}

/** A text, texts or numbers that lie elsewhere; null without any. */
function listed(type: u8, from: usize, length: usize): void {
  if (length == 0) return nothing();
  if (type == TEXT) return characters(from, length);
  octet(0x5b); // [
  for (let at = from; at < from + length;) {
    if (at != from) octet(0x2c);
    if (type == NUMBERS) {
      decimal(load<u16>(at));
      at += 2;
    } else {
      const octets: usize = load<u8>(at);
      characters(at + 1, octets);
      at += 1 + octets;
    }
  }
  octet(0x5d); // ]
}

/** Less than this between two times or counts tells too little of a clock: nanoseconds, ticks. */
const LEAST_TIME: u64 = 1_000_000_000;
const LEAST_TICKS: i32 = 10;

/** Ticks a second, rounded, from two times and two counts that may have wrapped around. */
function rate(at: usize): void {
  const passed = i64(load<u64>(at, 8) - load<u64>(at));
  const ticks = i32(load<u32>(at, 20) - load<u32>(at, 16));
  if (passed < i64(LEAST_TIME) || ticks < LEAST_TICKS) return nothing();
  decimal(u64(f64(ticks) * 1e9 / f64(passed) + 0.5));
}

/** The word at a place among some, from 1 on. */
function word(place: u8, words: string): void {
  if (place == 0) return nothing();
  octet(0x22);
  for (let i = 0; i < words.length; i++) {
    const character = u8(words.charCodeAt(i));
    if (character == 0x20) place--;
    else if (place == 1) octet(character);
  }
  octet(0x22);
}

function kinds(packed: u64): void {
  if (packed == 0) return nothing();
  octet(0x5b); // [
  for (let rest = packed == NO_KINDS ? 0 : packed; rest != 0; rest = kindsBehind(rest)) {
    if (rest != packed) octet(0x2c);
    decimal(kindOf(rest));
  }
  octet(0x5d); // ]
}

/** The headers of a list, the outermost first, each with its number: `["vlan:12","gre"]`. */
function headers(list: u16): void {
  octet(0x5b); // [
  if (list != 0) headersOf(list);
  octet(0x5d); // ]
}

function headersOf(list: u16): void {
  const last = lastOf(list);
  if (last.parent != 0) {
    headersOf(last.parent);
    octet(0x2c);
  }
  octet(0x22);
  const name = nameOf(last.kind);
  for (let i = 0; i < name.length; i++) octet(u8(name.charCodeAt(i)));
  if (isNumbered(last.kind)) {
    octet(0x3a); // :
    if (isPair(last.kind)) {
      decimal(last.identifier >> 16);
      octet(0x2f);
      decimal(last.identifier & 0xffff);
    } else decimal(last.identifier);
  }
  octet(0x22);
}

/** Whether the source (0) or destination (1) is the key's lower endpoint. */
function isLow(flow: usize, side: u8): bool {
  return ((changetype<Flow>(flow).marks & FORWARD_IS_LOW) != 0) == (side == 0);
}

function port(flow: Flow, low: bool): void {
  if (!hasPorts(flow.protocol)) nothing();
  else decimal(low ? flow.lowPort : flow.highPort);
}

function address(flow: Flow, low: bool): void {
  quoted(
    flow,
    changetype<usize>(flow) + (low ? offsetof<Flow>("low0") : offsetof<Flow>("high0")),
  );
}

/** An address of the flow's IP version, in quotation marks. */
function quoted(flow: Flow, at: usize): void {
  octet(0x22);
  if (flow.version == 4) address4(at);
  else address6(at);
  octet(0x22);
}
