import { type Prefix, readPrefix } from "./prefix.ts";

/** Addresses that are no hosts of the Internet, or that stand for addresses elsewhere. */
export interface SpecialPurpose {
  readonly prefix: string;
  /** As its registry has it. */
  readonly name: string;
  /** The document that the registry refers to. */
  readonly source: string;
}

/**
 * What is not probed unless somebody wants it: the entries of the IANA IPv4 and IPv6 Special-Purpose
 * Address Registries (RFC 6890, RFC 8190) that are not globally reachable, and multicast (RFC 5771,
 * RFC 4291).
 *
 * Of those that are reachable it has the anycast addresses of protocols for a host's own network, and
 * IPv6 prefixes that an IPv4 address is part of (64:ff9b::/96, 2001::/32, 2002::/16): their packets go
 * to hosts that a blocklist of IPv4 may name. It leaves out the entries within others of the list, and
 * `::ffff:0:0/96`, which is IPv4 here.
 */
export const SPECIAL_PURPOSE: readonly SpecialPurpose[] = [
  { prefix: "0.0.0.0/8", name: "This network", source: "RFC 791, section 3.2" },
  { prefix: "10.0.0.0/8", name: "Private-Use", source: "RFC 1918" },
  { prefix: "100.64.0.0/10", name: "Shared Address Space", source: "RFC 6598" },
  { prefix: "127.0.0.0/8", name: "Loopback", source: "RFC 1122, section 3.2.1.3" },
  { prefix: "169.254.0.0/16", name: "Link Local", source: "RFC 3927" },
  { prefix: "172.16.0.0/12", name: "Private-Use", source: "RFC 1918" },
  { prefix: "192.0.0.0/24", name: "IETF Protocol Assignments", source: "RFC 6890, section 2.1" },
  { prefix: "192.0.2.0/24", name: "Documentation (TEST-NET-1)", source: "RFC 5737" },
  { prefix: "192.88.99.0/24", name: "Deprecated (6to4 Relay Anycast)", source: "RFC 7526" },
  { prefix: "192.168.0.0/16", name: "Private-Use", source: "RFC 1918" },
  { prefix: "198.18.0.0/15", name: "Benchmarking", source: "RFC 2544" },
  { prefix: "198.51.100.0/24", name: "Documentation (TEST-NET-2)", source: "RFC 5737" },
  { prefix: "203.0.113.0/24", name: "Documentation (TEST-NET-3)", source: "RFC 5737" },
  { prefix: "224.0.0.0/4", name: "Multicast", source: "RFC 5771" },
  { prefix: "240.0.0.0/4", name: "Reserved", source: "RFC 1112, section 4" },
  { prefix: "::/128", name: "Unspecified Address", source: "RFC 4291" },
  { prefix: "::1/128", name: "Loopback Address", source: "RFC 4291" },
  { prefix: "64:ff9b::/96", name: "IPv4-IPv6 Translat.", source: "RFC 6052" },
  { prefix: "64:ff9b:1::/48", name: "IPv4-IPv6 Translat.", source: "RFC 8215" },
  { prefix: "100::/64", name: "Discard-Only Address Block", source: "RFC 6666" },
  { prefix: "100:0:0:1::/64", name: "Dummy IPv6 Prefix", source: "RFC 9780" },
  { prefix: "2001::/23", name: "IETF Protocol Assignments", source: "RFC 2928" },
  { prefix: "2001:db8::/32", name: "Documentation", source: "RFC 3849" },
  { prefix: "2002::/16", name: "6to4", source: "RFC 3056" },
  { prefix: "3fff::/20", name: "Documentation", source: "RFC 9637" },
  { prefix: "5f00::/16", name: "Segment Routing (SRv6) SIDs", source: "RFC 9602" },
  { prefix: "fc00::/7", name: "Unique-Local", source: "RFC 4193" },
  { prefix: "fe80::/10", name: "Link-Local Unicast", source: "RFC 4291" },
  { prefix: "fec0::/10", name: "Site-Local Unicast (deprecated)", source: "RFC 3879" },
  { prefix: "ff00::/8", name: "Multicast", source: "RFC 4291, section 2.7" },
];

/** The prefixes of {@linkcode SPECIAL_PURPOSE}. */
export function specialPurposePrefixes(): Prefix[] {
  return SPECIAL_PURPOSE.map(({ prefix }) => {
    const read = readPrefix(prefix);
    if (typeof read === "string") throw new Error(read);
    return read;
  });
}
