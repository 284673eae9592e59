import { addressBytesOrNull } from "../../host/address.ts";
import { readPrefix } from "../../target/prefix.ts";
import { quote } from "../../target/quote.ts";
import { type AddressRange, merged, rangesOf } from "./ranges.ts";

/** What interface ids are called in RFC 7707, section 4.1.3: those that people give by hand. */
const NAMED: Readonly<Record<string, string>> = { "low-byte": "::1-::ff" };
/** One id for each subnet, which nobody can know beforehand. */
const RANDOM = "random";

const EXAMPLE = "2001:db8::/32@/48,::1";

/**
 * Addresses of an IPv6 prefix that have certain interface ids, in each of its subnets:
 * `2001:db8::/32@/48,::1` is the address ::1 of each /48.
 */
export interface InterfaceIds {
  /** All addresses of the prefix. */
  readonly prefix: AddressRange;
  /** How many subnets it has. */
  readonly subnets: bigint;
  /** Bits behind those that name the subnet. */
  readonly idBits: number;
  /** The ids, as ranges that do not overlap; null for a random one in each subnet. */
  readonly ids: readonly AddressRange[] | null;
}

/**
 * Reads `PREFIX@/LENGTH,ID[,ID...]`: LENGTH is that of a subnet; an ID is an address that begins with
 * zeros (`::1`), two of them for those from one to the other (`::1-::ff`), `low-byte` for the latter, or
 * `random` alone.
 *
 * @returns what it says, or the problem with the text as a short sentence
 */
export function readInterfaceIds(text: string): InterfaceIds | string {
  const [prefixText = "", pattern = ""] = splitAt(text, "@");
  const prefix = readPrefix(prefixText);
  if (typeof prefix === "string") return prefix;
  const [subnet = "", ...ids] = pattern.split(",");
  const problem = (what: string) => `${quote(text)}: ${what}, as in ${EXAMPLE}`;
  if (prefix.family === 4) return problem("interface ids are for IPv6 prefixes");
  const length = prefixLength(prefixText);
  const bits = /^\/\d{1,3}$/.test(subnet) ? Number(subnet.slice(1)) : NaN;
  if (!(bits >= length && bits < 128)) {
    return problem(`behind @ stands the length of a subnet, /${length} to /127`);
  }
  const range = rangesOf(prefix)[0]!;
  if (range.first === 0n) {
    return problem("its first addresses stand for IPv4; begin with a prefix such as 2000::/3");
  }
  const read = readIds(ids, 128 - bits);
  if (typeof read === "string") return problem(read);
  return { prefix: range, subnets: 1n << BigInt(bits - length), idBits: 128 - bits, ids: read };
}

function readIds(texts: readonly string[], bits: number): AddressRange[] | null | string {
  if (texts.length === 0) return "behind the length of a subnet stand interface ids";
  if (texts.length === 1 && texts[0] === RANDOM) return null;
  const ranges: AddressRange[] = [];
  for (const text of texts) {
    if (text === RANDOM) return `${RANDOM} stands alone`;
    const [from = "", to = from] = splitAt(NAMED[text] ?? text, "-");
    const [first, last] = [idOf(from), idOf(to)];
    if (first === null || last === null || first > last) {
      return `${quote(text)} is not an interface id (::1), a range (::1-::ff), low-byte or random`;
    }
    if (last >> BigInt(bits) !== 0n) {
      return `${quote(text)} has more than the ${bits} bits of an id`;
    }
    ranges.push({ first, last });
  }
  return merged(ranges);
}

function idOf(text: string): bigint | null {
  const octets = addressBytesOrNull(text);
  if (octets?.length !== 16) return null;
  return octets.reduce((number, octet) => number << 8n | BigInt(octet), 0n);
}

function prefixLength(text: string): number {
  return text.includes("/") ? Number(text.split("/")[1]) : 128;
}

function splitAt(text: string, mark: string): string[] {
  const at = text.indexOf(mark);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
