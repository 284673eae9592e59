// Protocol numbers of IP, as netinet/in.h names them (IANA, Assigned Internet Protocol Numbers)

/** What belongs to IP itself, as a level of socket options (ip(7)). */
export const IPPROTO_IP = 0;
/** ICMP (RFC 792). */
export const IPPROTO_ICMP = 1;
/** TCP (RFC 9293). */
export const IPPROTO_TCP = 6;
/** UDP (RFC 768). */
export const IPPROTO_UDP = 17;
/** DCCP (RFC 4340). */
export const IPPROTO_DCCP = 33;
/** What belongs to IPv6 itself, as a level of socket options (ipv6(7)). */
export const IPPROTO_IPV6 = 41;
/** ICMPv6 (RFC 4443). */
export const IPPROTO_ICMPV6 = 58;
/** SCTP (RFC 9260). */
export const IPPROTO_SCTP = 132;
/** UDP-Lite (RFC 3828). */
export const IPPROTO_UDPLITE = 136;
/** Raw sockets of this protocol send headers and all, and receive nothing (raw(7)). */
export const IPPROTO_RAW = 255;
