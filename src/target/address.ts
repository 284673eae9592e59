import ipaddr from "ipaddr.js";

/**
 * What is wrong with the text of an address that is to be connected to; null when it is right.
 * IPv4 is four decimal numbers, since a leading zero is octal to some programs and not to others;
 * IPv6 has no zone.
 */
export function addressProblem(text: string): string | null {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return null;
  if (!text.includes(":") || !ipaddr.IPv6.isValid(text)) {
    return `${quote(text)} is not an IPv4 or IPv6 address`;
  }
  if (text.includes("%")) return `${quote(text)} has a zone; give a global address`;
  // The kernel sends IPv4 packets for these, which no IPv6 flow would be found for.
  if (ipaddr.IPv6.parse(text).isIPv4MappedAddress()) {
    return `${quote(text)} is an IPv4 address in IPv6 form; write it as IPv4`;
  }
  return null;
}

/** A piece of input as it can stand in a message: short, and without control characters. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 40 ? text.slice(0, 40) + "..." : text);
}
