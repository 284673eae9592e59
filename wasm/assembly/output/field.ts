import { allocate } from "../memory.ts";

/** How a field's value is read and written. The names are what a program is told of its type. */
export const TYPES = "address port protocol time integer integer? boolean";
export const ADDRESS: u8 = 0;
export const PORT: u8 = 1;
export const PROTOCOL: u8 = 2;
export const TIME: u8 = 3;
export const INTEGER: u8 = 4;
export const NULLABLE: u8 = 5;
export const BOOLEAN: u8 = 6;

/** One field of the flow record, declared by its chain. */
@unmanaged
export class Field {
  type: u8;
  /** Octets of an integer; for addresses and ports 0 the source, 1 the destination; a boolean's bit. */
  detail: u8;
  chain: u8;
  nameLength: u8;
  /** Where its value lies in the flow. */
  offset: u32;
  /** `,"name":` in ASCII, as it stands in a record; its length is `nameLength` + 4. */
  label: usize;
  summary: usize;
}

/** One chain, by its name and what it observes. */
@unmanaged
export class Chain {
  name: usize;
  summary: usize;
}

// Declared once, while the module starts: one too many and it does not start at all
const MOST_FIELDS: i32 = 256;
const MOST_CHAINS: i32 = 32;
const fields: usize = memory.data(5120, 8);
const chains: usize = memory.data(256, 8);

export let fieldCount: i32 = 0;
export let chainCount: i32 = 0;

export function field(i: i32): Field {
  return changetype<Field>(fields + usize(i) * offsetof<Field>());
}

export function chainAt(i: i32): Chain {
  return changetype<Chain>(chains + usize(i) * offsetof<Chain>());
}

/** Begins the declaration of a chain; the fields declared next are its own. */
export function chain(name: string, summary: string): void {
  if (chainCount == MOST_CHAINS) unreachable();
  const chain = chainAt(chainCount++);
  chain.name = changetype<usize>(name);
  chain.summary = changetype<usize>(summary);
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

export function protocol(name: string, summary: string): void {
  declare(name, PROTOCOL, 0, 0, summary);
}

/** Nanoseconds since 1970, written as seconds with six decimals. */
export function time(name: string, offset: usize, summary: string): void {
  declare(name, TIME, offset, 0, summary);
}

export function integer64(name: string, offset: usize, summary: string): void {
  declare(name, INTEGER, offset, 8, summary);
}

export function integer16(name: string, offset: usize, summary: string): void {
  declare(name, INTEGER, offset, 2, summary);
}

/** An integer of 16 bits, null while it is 0xffff. */
export function nullable16(name: string, offset: usize, summary: string): void {
  declare(name, NULLABLE, offset, 2, summary);
}

/** A boolean that has an octet of its own. */
export function flag(name: string, offset: usize, summary: string): void {
  declare(name, BOOLEAN, offset, 1, summary);
}

/** A boolean that is one bit of an octet. */
export function flagOf(name: string, offset: usize, bit: u8, summary: string): void {
  declare(name, BOOLEAN, offset, bit, summary);
}

function declare(name: string, type: u8, offset: usize, detail: u8, summary: string): void {
  if (fieldCount == MOST_FIELDS) unreachable();
  const at = field(fieldCount++);
  at.type = type;
  at.detail = detail;
  at.chain = u8(chainCount - 1);
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
}
