import type { Endpoint } from "../contract/job.ts";

/** Address families of Linux sockets. */
export const AF_INET = 2;
/** See {@linkcode AF_INET}. */
export const AF_INET6 = 10;

/** Length of a `sockaddr_in6`, the longest socket address here. */
export const SOCKADDR_LENGTH = 28;

const COLON = ":".charCodeAt(0);
const DOT = ".".charCodeAt(0);
const ZERO = "0".charCodeAt(0);
const A = "a".charCodeAt(0);
/** No digit was read. */
const NONE = -1;

/**
 * Texts that were read lately, since each target's is read several times, and what they are; null for those
 * that are no address. Not in a Map: the tables that it outgrows would keep garbage alive from one
 * collection to the next, a hundred megabytes of it with a list of millions.
 */
const MOST_KNOWN = 4096;
const texts = new Array<string>(MOST_KNOWN).fill("");
const known = new Array<Uint8Array | null>(MOST_KNOWN).fill(null);
/** Characters of the longest address: IPv6 with IPv4 at its end. */
const LONGEST = 45;

/**
 * The bytes of an address, 4 (IPv4) or 16 (IPv6), from its text. Only the full dotted decimal form
 * of IPv4 and the forms of RFC 4291, section 2.2, are taken; no zone, no brackets, no name. The
 * octets are shared: they must not be changed.
 *
 * @throws {RangeError} when the text is not such an address.
 */
export function addressBytes(text: string): Uint8Array {
  const bytes = parse(text);
  if (bytes === null) throw new RangeError(`not an IP address: ${JSON.stringify(text)}`);
  return bytes;
}

/** The same, null when the text is not such an address. */
export function addressBytesOrNull(text: string): Uint8Array | null {
  return parse(text);
}

/** Whether {@linkcode addressBytes} takes this text. */
export function isAddress(text: string): boolean {
  return parse(text) !== null;
}

/** Whether an address is one of this host to itself (RFC 1122, section 3.2.1.3; RFC 4291, section 2.5.3). */
export function isLoopback(text: string): boolean {
  return isLoopbackBytes(addressBytes(text));
}

/** The same of an address of 4 or 16 bytes. */
export function isLoopbackBytes(bytes: Uint8Array): boolean {
  if (bytes.length === 4) return bytes[0] === 127;
  return bytes[15] === 1 && bytes.subarray(0, 15).every((byte) => byte === 0);
}

/** Whether two texts are the same address; false when one is not an address. */
export function isSameAddress(a: string, b: string): boolean {
  const first = parse(a);
  if (a === b || first === null) return first !== null;
  const second = parse(b);
  return first.length === second?.length && first.every((byte, at) => byte === second[at]);
}

function parse(text: string): Uint8Array | null {
  if (text.length > LONGEST) return null;
  const place = placeOf(text);
  if (texts[place] === text) return known[place]!;
  texts[place] = text;
  return known[place] = read(text);
}

/** Where a text is kept: by its end, in which addresses that are read together differ. */
function placeOf(text: string): number {
  let place = 0;
  for (let i = Math.max(0, text.length - 5); i < text.length; i++) {
    place = Math.imul(place, 37) + text.charCodeAt(i);
  }
  return place & MOST_KNOWN - 1;
}

function read(text: string): Uint8Array | null {
  return text.includes(":") ? readGroups(text) : readDotted(text);
}

/**
 * Eight groups of up to four hexadecimal digits with colons between them, of which some may be left
 * out at one place, where two colons meet; the last two may be written as IPv4.
 */
function readGroups(text: string): Uint8Array | null {
  const bytes = new Uint8Array(16);
  const dot = text.indexOf(".");
  const end = dot < 0 ? text.length : text.lastIndexOf(":") + 1;
  let at = 0;
  /** Where groups were left out. */
  let gap = NONE;
  let i = 0;
  while (i < end) {
    if (text.charCodeAt(i) === COLON) {
      if (text.charCodeAt(i + 1) !== COLON || gap !== NONE) return null;
      gap = at;
      i += 2;
      continue;
    }
    let group = 0;
    const begin = i;
    for (; i < end && text.charCodeAt(i) !== COLON; i++) {
      const digit = hexDigit(text.charCodeAt(i));
      if (digit === NONE || i - begin === 4) return null;
      group = group << 4 | digit;
    }
    if (at === 16) return null;
    bytes[at++] = group >> 8;
    bytes[at++] = group;
    // A colon behind a group is followed by something, unless it is one of two
    if (i < end && text.charCodeAt(i + 1) !== COLON && ++i === text.length) return null;
  }
  if (dot >= 0) {
    const four = readDotted(text.slice(end));
    if (four === null || at > 12) return null;
    bytes.set(four, at);
    at += 4;
  }
  if (gap === NONE) return at === 16 ? bytes : null;
  if (at === 16) return null;
  bytes.copyWithin(16 - (at - gap), gap, at);
  return bytes.fill(0, gap, 16 - (at - gap));
}

/** The value of a hexadecimal digit, {@linkcode NONE} for another character. */
function hexDigit(code: number): number {
  const digit = code - ZERO;
  if (digit >= 0 && digit <= 9) return digit;
  const letter = (code | 0x20) - A;
  return letter >= 0 && letter < 6 ? letter + 10 : NONE;
}

/** An IPv6 address as a URL writes it, which is as RFC 5952 does; null for what is none. */
function inUrl(text: string): string | null {
  // Built into Deno: a library takes longer to load than a short run does
  return URL.parse(`http://[${text}]/`)?.hostname.slice(1, -1) ?? null;
}

/** Four numbers from 0 to 255 with dots between them, none with a zero before it; null for anything else. */
function readDotted(text: string): Uint8Array | null {
  const bytes = new Uint8Array(4);
  let at = 0;
  let number = NONE;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === DOT) {
      if (number === NONE || at === 3) return null;
      bytes[at++] = number;
      number = NONE;
      continue;
    }
    const digit = code - ZERO;
    if (digit < 0 || digit > 9 || number === 0) return null;
    number = number === NONE ? digit : number * 10 + digit;
    if (number > 255) return null;
  }
  if (number === NONE || at !== 3) return null;
  bytes[3] = number;
  return bytes;
}

/** The text of an address of 4 or 16 bytes; IPv6 as in RFC 5952. */
export function addressText(bytes: Uint8Array): string {
  if (bytes.length === 4) return `${bytes[0]}.${bytes[1]}.${bytes[2]}.${bytes[3]}`;
  const groups = Array.from(
    { length: 8 },
    (_, at) => (bytes[2 * at]! << 8 | bytes[2 * at + 1]!).toString(16),
  );
  return inUrl(groups.join(":"))!;
}

/** The `sockaddr_in` or `sockaddr_in6` of an address of 4 or 16 bytes and a port. */
export function encodeSockaddr(address: Uint8Array, port: number): Uint8Array<ArrayBuffer> {
  const four = address.length === 4;
  const sockaddr = new Uint8Array(four ? 16 : SOCKADDR_LENGTH);
  sockaddr[0] = four ? AF_INET : AF_INET6; // host byte order, little-endian wherever Deno runs
  sockaddr[2] = port >> 8;
  sockaddr[3] = port;
  sockaddr.set(address, four ? 4 : 8);
  return sockaddr;
}

/** The address and port of a `sockaddr_in` or `sockaddr_in6`. */
export function decodeSockaddr(sockaddr: Uint8Array): Endpoint {
  const port = sockaddr[2]! << 8 | sockaddr[3]!;
  const address = sockaddr[0] === AF_INET ? sockaddr.subarray(4, 8) : sockaddr.subarray(8, 24);
  return { address: addressText(address), port };
}
