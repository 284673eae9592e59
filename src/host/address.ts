import type { Endpoint } from "../contract/job.ts";

/** Address families of Linux sockets. */
export const AF_INET = 2;
/** See {@linkcode AF_INET}. */
export const AF_INET6 = 10;

/** Length of a `sockaddr_in6`, the longest socket address here. */
export const SOCKADDR_LENGTH = 28;

const SIX = /^[0-9a-fA-F:]+$/;
const DOT = ".".charCodeAt(0);
const ZERO = "0".charCodeAt(0);
/** No digit was read. */
const NONE = -1;

/** Texts that were read lately, since each target's is read several times; null for those that are no address. */
const known = new Map<string, Uint8Array | null>();
const MOST_KNOWN = 4096;
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
  let bytes = known.get(text);
  if (bytes === undefined) {
    if (known.size === MOST_KNOWN) known.clear();
    known.set(text, bytes = read(text));
  }
  return bytes;
}

function read(text: string): Uint8Array | null {
  const four = readDotted(text);
  if (four !== null) return four;
  const dotted = text.includes(".") ? text.lastIndexOf(":") + 1 : text.length;
  if (!SIX.test(text.slice(0, dotted))) return null;
  if (dotted < text.length && readDotted(text.slice(dotted)) === null) return null;
  const canonical = inUrl(text);
  return canonical === null ? null : expanded(canonical);
}

/** An IPv6 address as a URL writes it, which is as RFC 5952 does; null for what is none. */
function inUrl(text: string): string | null {
  // Built into Deno: a library takes longer to load than a short run does
  return URL.parse(`http://[${text}]/`)?.hostname.slice(1, -1) ?? null;
}

/** The octets of an IPv6 address without a dotted tail. */
function expanded(canonical: string): Uint8Array {
  const [head = [], tail = []] = canonical.split("::").map((part) =>
    part === "" ? [] : part.split(":").map((group) => parseInt(group, 16))
  );
  const groups = [...head, ...Array<number>(8 - head.length - tail.length).fill(0), ...tail];
  return Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 0xff]));
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
