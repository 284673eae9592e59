import type { Prefix } from "../../target/prefix.ts";
import { ROW_PORT } from "../target_row.ts";

/**
 * Addresses that follow each other, as numbers of 128 bits as a row has them: those of IPv4 begin with
 * `::ffff:0:0`.
 */
export interface AddressRange {
  readonly first: bigint;
  readonly last: bigint;
}

/** All of IPv4, as rows have it (RFC 4291, section 2.5.5.2). */
export const IPV4: AddressRange = { first: 0xffff_0000_0000n, last: 0xffff_ffff_ffffn };

/** The addresses of a prefix: IPv6 leaves out those that stand for IPv4, which are not sent to as IPv6. */
export function rangesOf(prefix: Prefix): AddressRange[] {
  const [first, last] = [numberOf(prefix.first), numberOf(prefix.last)];
  if (prefix.family === 4) return [{ first: IPV4.first + first, last: IPV4.first + last }];
  if (first > IPV4.first || last < IPV4.last) return [{ first, last }];
  return [{ first, last: IPV4.first - 1n }, { first: IPV4.last + 1n, last }];
}

/** The number that the octets of a text are (see `Prefix`), the highest first. */
function numberOf(octets: string): bigint {
  let number = 0n;
  for (let at = 0; at < octets.length; at++) number = number << 8n | BigInt(octets.charCodeAt(at));
  return number;
}

/** Whether an address of a row is IPv4. */
export function isIpv4(number: bigint): boolean {
  return number >= IPV4.first && number <= IPV4.last;
}

/** The octets of an address: 4 of IPv4, or 16. */
export function octetsOf(number: bigint): Uint8Array {
  const octets = new Uint8Array(ROW_PORT);
  for (let at = ROW_PORT - 1, rest = number; at >= 0; at--, rest >>= 8n) {
    octets[at] = Number(rest & 0xffn);
  }
  return isIpv4(number) ? octets.subarray(12) : octets;
}

/** How many addresses ranges hold that do not overlap. */
export function addressesIn(ranges: readonly AddressRange[]): bigint {
  return ranges.reduce((sum, { first, last }) => sum + last - first + 1n, 0n);
}

/** The same addresses in order, as ranges of one family that neither overlap nor touch. */
export function merged(ranges: readonly AddressRange[]): AddressRange[] {
  const result: { first: bigint; last: bigint }[] = [];
  for (const { first, last } of ranges.toSorted((a, b) => a.first < b.first ? -1 : 1)) {
    const before = result.at(-1);
    const apart = before === undefined || first > before.last + 1n ||
      isIpv4(first) !== isIpv4(before.last);
    if (apart) result.push({ first, last });
    else if (last > before.last) before.last = last;
  }
  return result;
}

/** The addresses that are in both; each is as {@linkcode merged} makes them. */
export function inBoth(
  some: readonly AddressRange[],
  others: readonly AddressRange[],
): AddressRange[] {
  const result: AddressRange[] = [];
  for (let i = 0, j = 0; i < some.length && j < others.length;) {
    const [a, b] = [some[i]!, others[j]!];
    const first = a.first > b.first ? a.first : b.first;
    const last = a.last < b.last ? a.last : b.last;
    if (first <= last) result.push({ first, last });
    if (a.last < b.last) i++;
    else j++;
  }
  return result;
}
