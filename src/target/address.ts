import { addressBytes, addressText, isAddress } from "../host/address.ts";
import { quote } from "./quote.ts";

/** The longest text of an address: IPv6 with an IPv4 tail. */
const ADDRESS_LENGTH = 45;

const MAYBE_MAPPED = /ffff:/i;
/** How IPv4 in IPv6 form begins, in octets (RFC 4291, section 2.5.5.2). */
const MAPPED = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255];
/** How addresses of groups, and the unspecified one, may begin. */
const NO_HOST = /^(ff[0-9a-f]{2}:|[0:]+$)/i;

/**
 * What is wrong with the text of an address that is to be connected to; null when it is right. IPv4
 * is four decimal numbers, since a leading zero means octal to some programs; IPv6 has no zone.
 */
export function addressProblem(text: string): string | null {
  if (text.length > ADDRESS_LENGTH) return `${quote(text)} is too long for an address`;
  const [address = "", zone] = text.split("%", 2);
  const six = address.includes(":");
  if (!isAddress(address) || (zone !== undefined && !six)) {
    return `${quote(text)} is not an IPv4 or IPv6 address`;
  }
  if (!six) {
    const first = Number.parseInt(text);
    return first === 0 || first >= 224 ? noHost(text) : null;
  }
  if (zone !== undefined) return `${quote(text)} has a zone; give a global address`;
  // The kernel sends IPv4 packets for these, which no IPv6 flow would be found for
  if (MAYBE_MAPPED.test(text) && isMapped(addressBytes(text))) {
    return `${quote(text)} is an IPv4 address in IPv6 form; write it as IPv4`;
  }
  return NO_HOST.test(text) ? noHost(text) : null;
}

function isMapped(bytes: Uint8Array): boolean {
  return MAPPED.every((byte, at) => bytes[at] === byte);
}

function noHost(text: string): string {
  return `${quote(text)} is not the address of a host`;
}

/** The canonical text of a checked address: IPv6 as in RFC 5952, IPv4 as it is. */
export function canonicalAddress(text: string): string {
  return text.includes(":") ? addressText(addressBytes(text)) : text;
}
