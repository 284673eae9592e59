import type { IcmpHeader } from "../../contract/transport_header.ts";

/** Octets of an ICMP header. */
const HEADER = 8;

/** Errors that may contain the length of the quotation (RFC 4884, section 4), by IP version. */
const TELLING: Readonly<Record<4 | 6, readonly number[]>> = { 4: [3, 11, 12], 6: [1, 3] };

/** What an error with extensions is filled up to, also by hosts that do not send that length. */
const FILLED = 128;

/**
 * Whether what an ICMP error quotes may have been filled up with zeros (RFC 4884, section 5), so that
 * zeros at its end are not known to be the packet's.
 */
export function mayBeFilled(icmp: IcmpHeader): boolean {
  return behindHeader(icmp) >= FILLED;
}

/**
 * Octets of the packet that an ICMP error quotes. An error with extensions says how many, and fills
 * up what it quotes with zeros to 128 octets (RFC 4884, section 5), which are not counted where the
 * quoted packet tells its length.
 */
export function quotationLength(icmp: IcmpHeader): number {
  const { ip, type, word } = icmp;
  const all = behindHeader(icmp);
  const announced = !TELLING[ip.version].includes(type)
    ? 0
    : ip.version === 4
    ? (word >>> 16 & 0xff) * 4
    : (word >>> 24) * 8;
  const quoted = announced > 0 && announced < all ? announced : all;
  return Math.min(quoted, icmp.quotation?.ip.length ?? quoted);
}

function behindHeader({ ip }: IcmpHeader): number {
  return Math.max(0, ip.length - ip.headerLength - HEADER);
}
