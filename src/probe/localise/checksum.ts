import type { IcmpHeader } from "../../contract/transport_header.ts";
import { IPPROTO_ICMPV6 } from "../../host/ip_protocol.ts";

/** Octets of an ICMP header. */
const HEADER = 8;

/**
 * Whether the checksum of an ICMP message is right (RFC 792; RFC 4443, section 2.3). Null when not
 * all of it was captured: it cannot be known then.
 */
export function checksumRight(icmp: IcmpHeader): boolean | null {
  const { ip, payload } = icmp;
  const length = ip.length - ip.headerLength;
  if (payload.length !== length - HEADER) return null;
  let sum = icmp.type << 8 | icmp.code;
  sum += icmp.checksum + (icmp.word >>> 16) + (icmp.word & 0xffff) + words(payload);
  // ICMPv6 counts addresses, length and protocol too
  if (ip.version === 6) {
    sum += words(ip.sourceOctets) + words(ip.destinationOctets) + length + IPPROTO_ICMPV6;
  }
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x1_0000);
  return sum === 0xffff;
}

/** The sum of octets in pairs; an odd one at the end counts as if a zero followed. */
function words(octets: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at < octets.length; at += 2) sum += octets[at]! << 8 | (octets[at + 1] ?? 0);
  return sum;
}
