import { addressBytes, addressText, isAddress } from "../host/address.ts";
import { quote } from "./quote.ts";

/** What an IPv4-mapped IPv6 address begins with (RFC 4291, section 2.5.5.2). */
const MAPPED = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];

/**
 * A prefix (`192.0.2.0/24`), or an address that stands for itself: addresses that follow each other.
 * Their texts order as the addresses of one family do.
 */
export interface Prefix {
  readonly family: 4 | 6;
  readonly first: string;
  readonly last: string;
}

/**
 * Reads a prefix or an address. Bits behind the prefix do not matter, as to zmap and routers.
 *
 * @returns the prefix, or the problem with the text as a short sentence
 */
export function readPrefix(text: string): Prefix | string {
  const [address = "", length, more] = text.split("/");
  if (!isAddress(address) || more !== undefined) {
    return `${quote(text)} is not a prefix (192.0.2.0/24, 2001:db8::/32) or an address`;
  }
  const bytes = addressBytes(address);
  const most = bytes.length * 8;
  const bits = length === undefined ? most : /^\d{1,3}$/.test(length) ? Number(length) : NaN;
  if (!(bits <= most)) return `${quote(text)}: the length of its prefix is not 0 to ${most}`;
  if (most === 128 && bits >= 96 && MAPPED.every((byte, at) => bytes[at] === byte)) {
    return `${quote(text)} is IPv4 in IPv6 form; write it as IPv4`;
  }
  const mask = bytes.map((_, at) => 0xff & ~(0xff >> Math.max(0, Math.min(8, bits - at * 8))));
  return {
    family: most === 32 ? 4 : 6,
    first: asText(bytes.map((byte, at) => byte & mask[at]!)),
    last: asText(bytes.map((byte, at) => byte | ~mask[at]!)),
  };
}

/** Addresses of some prefixes; asking takes a binary search among them. */
export class PrefixSet {
  readonly #families: Readonly<Record<4 | 6, AddressRanges>>;
  /** How many prefixes it was made of. */
  readonly size: number;

  constructor(prefixes: readonly Prefix[]) {
    this.size = prefixes.length;
    const of = (family: 4 | 6) => merged(prefixes.filter((prefix) => prefix.family === family));
    this.#families = { 4: of(4), 6: of(6) };
  }

  /** Whether one of the prefixes holds an address, whose text was checked. */
  has(address: string): boolean {
    const { firsts, lasts } = this.#families[address.includes(":") ? 6 : 4];
    if (firsts.length === 0) return false;
    const text = asText(addressBytes(address));
    let [low, high] = [0, firsts.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (firsts[middle]! <= text) low = middle + 1;
      else high = middle;
    }
    return low > 0 && text <= lasts[low - 1]!;
  }
}

/** Ranges that do not overlap, in order. */
interface AddressRanges {
  readonly firsts: readonly string[];
  readonly lasts: readonly string[];
}

function merged(prefixes: readonly Prefix[]): AddressRanges {
  const firsts: string[] = [];
  const lasts: string[] = [];
  for (const { first, last } of prefixes.toSorted((a, b) => a.first < b.first ? -1 : 1)) {
    const before = lasts.at(-1);
    if (before === undefined || first > before) {
      firsts.push(first);
      lasts.push(last);
    } else if (last > before) {
      lasts[lasts.length - 1] = last;
    }
  }
  return { firsts, lasts };
}

/** An end of a prefix as people write addresses. */
export function addressAt(end: string): string {
  return addressText(octetsOf(end));
}

/** What follows an end of a prefix, as such an end; null after the last address. */
export function after(end: string): string | null {
  return stepped(end, 1);
}

/** What is before an end of a prefix; null before the first address. */
export function before(end: string): string | null {
  return stepped(end, -1);
}

function stepped(end: string, by: 1 | -1): string | null {
  const octets = octetsOf(end);
  for (let at = octets.length - 1; at >= 0; at--) {
    const next = octets[at]! + by;
    octets[at] = next;
    if (next >= 0 && next <= 0xff) return asText(octets);
  }
  return null;
}

function octetsOf(text: string): Uint8Array {
  return Uint8Array.from(text, (octet) => octet.charCodeAt(0));
}

function asText(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
