import { allocate } from "../memory.ts";

/** How a field's value is read and written. The names are what a program is told of its type. */
export const TYPES =
  "address port protocol time integer integer? boolean boolean? integers? integer address? string? time? integer? integer? strings strings? string? strings? integers?";
export const ADDRESS: u8 = 0;
export const PORT: u8 = 1;
export const PROTOCOL: u8 = 2;
export const TIME: u8 = 3;
export const INTEGER: u8 = 4;
const NULLABLE_INTEGER: u8 = 5;
export const BOOLEAN: u8 = 6;
export const NULLABLE_BOOLEAN: u8 = 7;
/** Option kinds as wire/tcp_options.ts packs them, written as an array. */
export const NULLABLE_INTEGERS: u8 = 8;
/** An integer that is one of four, kept as its place among them. */
export const ONE_OF_FOUR: u8 = 9;
/** An address that is no end of the flow, 16 octets of which IPv4 has the first four. */
export const NULLABLE_ADDRESS: u8 = 10;
/** One of some words, kept as its place among them from 1 on; 0 is null. */
export const NULLABLE_WORD: u8 = 11;
/** The bits of the place. */
const WORDS: u8 = 0x0f;
export const NULLABLE_TIME: u8 = 12;
/** Octets anywhere, written as text; strings behind a length of an octet each; numbers of 16 bits. */
export const TEXT: u8 = 17;
export const TEXTS: u8 = 18;
export const NUMBERS: u8 = 19;
/** Ticks a second, from two times and two counts of ticks; see `rate` in value.ts. */
export const RATE: u8 = 13;
/** The median of samples in the buckets of median.ts. */
export const MEDIAN: u8 = 14;
/** A list of headers around packets (see flow/encapsulations.ts), written as an array of their names. */
const HEADERS: u8 = 15;
/** The same, null until it is known. */
const NULLABLE_HEADERS: u8 = 16;

/** One field of the flow record, declared by its chain. */
@unmanaged
export class Field {
  type: u8;
  /** Octets of an integer; for addresses and ports 0 the source, 1 the destination. */
  detail: u8;
  /** Bits of the value's octet that count: a boolean's one, those of an integer of one octet or a place. */
  mask: u8;
  /** The value is null unless one of these bits is set; 0 when it is never null. */
  known: u8;
  chain: u8;
  /** The chain in whose part of the flow the value lies; 0, basic, is the flow itself. */
  home: u8;
  nameLength: u8;
  /** Where the value lies in its home, and the octet that `known` tests. */
  offset: u32;
  knownOffset: u32;
  /** The four integers, an octet each, the first one lowest; or the words, as a string. */
  four: u32;
  /** `,"name":` in ASCII, as it stands in a record; its length is `nameLength` + 4. */
  label: usize;
  summary: usize;
}

/** One chain: its name, what it observes, what ends a flow for it, and where its part of a flow begins. */
@unmanaged
export class Chain {
  name: usize;
  summary: usize;
  ends: usize;
  place: usize;
  /** What lies there is the address of its annex (flow/annex.ts), 0 without one. */
  annexed: bool;
}

// Declared once, while the module starts: one too many and it does not start at all
const MOST_FIELDS: i32 = 192;
const MOST_CHAINS: i32 = 32;
const fields: usize = memory.data(6144, 8);
const chains: usize = memory.data(640, 8);

export let fieldCount: i32 = 0;
export let chainCount: i32 = 0;
let home: u8 = 0;

export function field(i: i32): Field {
  return changetype<Field>(fields + usize(i) * offsetof<Field>());
}

export function chainAt(i: i32): Chain {
  return changetype<Chain>(chains + usize(i) * offsetof<Chain>());
}

/**
 * Begins the declaration of a chain; the fields declared next are its own, and lie in its part.
 *
 * @param ends what ends a flow that a measurement waits for; empty where nothing does
 * @param annexed whether its part of the flow is the address of an annex
 */
export function chain(name: string, summary: string, ends: string, annexed: bool): void {
  if (chainCount == MOST_CHAINS) unreachable();
  home = u8(chainCount);
  const chain = chainAt(chainCount++);
  chain.name = changetype<usize>(name);
  chain.summary = changetype<usize>(summary);
  chain.ends = changetype<usize>(ends);
  chain.annexed = annexed;
}

/** The values of the fields declared next lie in the flow itself. */
export function liesInFlow(): void {
  home = 0;
}

/** The values of the fields declared next lie in the part of the chain that declares them. */
export function liesInOwn(): void {
  home = u8(chainCount - 1);
}

/** The values of the fields declared next lie in the part of a chain that was declared before. */
export function liesInPartOf(name: string): void {
  for (let i = 0; i < chainCount; i++) {
    if (changetype<string>(chainAt(i).name) == name) home = u8(i);
  }
}

export function source(name: string, summary: string): void {
  declare(name, ADDRESS, 0, 0, summary);
}

export function destination(name: string, summary: string): void {
  declare(name, ADDRESS, 0, 1, summary);
}

export function sourcePort(name: string, summary: string): void {
  declare(name, PORT, 0, 0, summary);
}

export function destinationPort(name: string, summary: string): void {
  declare(name, PORT, 0, 1, summary);
}

export function protocol(name: string, offset: usize, summary: string): void {
  declare(name, PROTOCOL, offset, 1, summary);
}

/** Nanoseconds since 1970, written as seconds with six decimals. */
export function time(name: string, offset: usize, summary: string): void {
  declare(name, TIME, offset, 8, summary);
}

/** An integer of `octets` octets, at most 8. */
export function integer(name: string, offset: usize, octets: u8, summary: string): void {
  declare(name, INTEGER, offset, octets, summary);
}

/** An integer of `octets` octets, null until one of the bits `known` of another octet is set. */
export function optional(
  name: string,
  offset: usize,
  octets: u8,
  knownOffset: usize,
  known: u8,
  summary: string,
): void {
  nullable(declare(name, NULLABLE_INTEGER, offset, octets, summary), knownOffset, known);
}

/** Some bits of an octet, null until another bit of the same octet is set. */
export function optionalBits(
  name: string,
  offset: usize,
  bits: u8,
  known: u8,
  summary: string,
): void {
  const at = declare(name, NULLABLE_INTEGER, offset, 1, summary);
  at.mask = bits;
  nullable(at, offset, known);
}

/** One of four integers, an octet each of `four`, whose place among them is two neighbouring bits of an octet. */
export function oneOfFour(
  name: string,
  offset: usize,
  bits: u8,
  four: u32,
  summary: string,
): void {
  const at = declare(name, ONE_OF_FOUR, offset, 1, summary);
  at.mask = bits;
  at.four = four;
}

/** Some bits of an octet. */
export function bitsOf(name: string, offset: usize, bits: u8, summary: string): void {
  declare(name, INTEGER, offset, 1, summary).mask = bits;
}

/** A boolean that is one bit of an octet. */
export function flagOf(name: string, offset: usize, bit: u8, summary: string): void {
  declare(name, BOOLEAN, offset, 1, summary).mask = bit;
}

/** A boolean that is one bit of an octet, null until another bit of the same octet is set. */
export function optionalFlag(
  name: string,
  offset: usize,
  bit: u8,
  known: u8,
  summary: string,
): void {
  const at = declare(name, NULLABLE_BOOLEAN, offset, 1, summary);
  at.mask = bit;
  nullable(at, offset, known);
}

/** A packed list of option kinds, null while it is 0. */
export function optionalKinds(name: string, offset: usize, summary: string): void {
  declare(name, NULLABLE_INTEGERS, offset, 8, summary);
}

/** An address of the flow's IP version in 16 octets, null until one of the bits `known` of another octet is set. */
export function optionalAddress(
  name: string,
  offset: usize,
  knownOffset: usize,
  known: u8,
  summary: string,
): void {
  nullable(declare(name, NULLABLE_ADDRESS, offset, 16, summary), knownOffset, known);
}

/** One of some words with spaces between them, kept in the lower bits of an octet (`WORDS`) as its place among them, from 1 on. Null while it is 0. */
export function word(name: string, offset: usize, words: string, summary: string): void {
  const at = declare(name, NULLABLE_WORD, offset, 1, summary);
  at.mask = WORDS;
  at.four = u32(changetype<usize>(words));
}

/** Nanoseconds since 1970, null until one of the bits `known` of another octet is set. */
export function optionalTime(
  name: string,
  offset: usize,
  knownOffset: usize,
  known: u8,
  summary: string,
): void {
  nullable(declare(name, NULLABLE_TIME, offset, 8, summary), knownOffset, known);
}

/**
 * Ticks a second: of two times in nanoseconds, then two counts of 32 bits. Null where too little lies
 * between them, and until one of the bits `known` of another octet is set.
 */
export function rate(
  name: string,
  offset: usize,
  knownOffset: usize,
  known: u8,
  summary: string,
): void {
  nullable(declare(name, RATE, offset, 24, summary), knownOffset, known);
}

/** The most octets of a text, or of texts with their lengths. */
export const LONGEST_TEXT: usize = 255;
/** The most octets of numbers. */
export const LONGEST_NUMBERS: usize = 64;

/** Octets whose place and number are at an offset, 32 bits each, at most `LONGEST_TEXT`; null without any. */
export function text(name: string, offset: usize, summary: string): void {
  declare(name, TEXT, offset, 8, summary);
}

/** The same of several, each behind its length, an octet. */
export function texts(name: string, offset: usize, summary: string): void {
  declare(name, TEXTS, offset, 8, summary);
}

/** Numbers of 16 bits, of which place and octets are at an offset, at most `LONGEST_NUMBERS`; null without any. */
export function numbers(name: string, offset: usize, summary: string): void {
  declare(name, NUMBERS, offset, 8, summary);
}

/** A median, of buckets (see median.ts) whose place is at an offset, 32 bits; null until one of the bits `known` of another octet is set. */
export function median(
  name: string,
  offset: usize,
  knownOffset: usize,
  known: u8,
  summary: string,
): void {
  nullable(declare(name, MEDIAN, offset, 4, summary), knownOffset, known);
}

/** A list of headers. */
export function headers(name: string, offset: usize, summary: string): void {
  declare(name, HEADERS, offset, 2, summary);
}

/** A list of headers, null until one of the bits `known` of another octet is set. */
export function optionalHeaders(
  name: string,
  offset: usize,
  knownOffset: usize,
  known: u8,
  summary: string,
): void {
  nullable(declare(name, NULLABLE_HEADERS, offset, 2, summary), knownOffset, known);
}

/** Whether a field's value is a list of headers. */
export function isHeaders(field: Field): bool {
  return field.type == HEADERS || field.type == NULLABLE_HEADERS;
}

/** Where the first of the lists of headers lies in a flow of the chains that are on; 0 without any. */
export function placeOfHeaders(chains: u32): usize {
  for (let i = 0; i < fieldCount; i++) {
    const at = field(i);
    if (isHeaders(at) && (chains & (1 << at.chain)) != 0) return chainAt(at.home).place + at.offset;
  }
  return 0;
}

function nullable(at: Field, knownOffset: usize, known: u8): void {
  at.knownOffset = u32(knownOffset);
  at.known = known;
}

function declare(name: string, type: u8, offset: usize, detail: u8, summary: string): Field {
  if (fieldCount == MOST_FIELDS) unreachable();
  const at = field(fieldCount++);
  at.type = type;
  at.detail = detail;
  at.mask = 0xff;
  at.chain = u8(chainCount - 1);
  at.home = home;
  at.nameLength = u8(name.length);
  at.offset = u32(offset);
  at.summary = changetype<usize>(summary);
  at.label = allocate(usize(name.length) + 4);
  let next = at.label;
  store<u8>(next++, 0x2c); // ,
  store<u8>(next++, 0x22); // "
  for (let i = 0; i < name.length; i++) store<u8>(next++, u8(name.charCodeAt(i)));
  store<u8>(next++, 0x22);
  store<u8>(next, 0x3a); // :
  return at;
}
