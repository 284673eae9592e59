// RFC 791, section 3.1, and RFC 8200, section 3
import { putU16be, putU32be } from "../wire/bytes.ts";
import { forgeAt, ipHeader, putAddresses } from "./buffer.ts";
import { fold, sum } from "./checksum.ts";

/**
 * Puts an IPv4 header before a transport of a given length; the octets of the packet. `fragment`:
 * the 16 bits of flags and offset.
 */
export function forgeIpv4(
  protocol: u32,
  trafficClass: u32,
  identification: u32,
  fragment: u32,
  timeToLive: u32,
  transport: usize,
): usize {
  const at = forgeAt();
  const header = ipHeader(4);
  store<u8>(at, 0x45);
  store<u8>(at, u8(trafficClass), 1);
  putU16be(at + 2, u32(header + transport));
  putU16be(at + 4, identification);
  putU16be(at + 6, fragment);
  store<u8>(at, u8(timeToLive), 8);
  store<u8>(at, u8(protocol), 9);
  store<u16>(at, 0, 10);
  putAddresses(4, at + 12);
  store<u16>(at, fold(sum(at, header)), 10);
  return header + transport;
}

/** Puts an IPv6 header before a transport of a given length; the octets of the packet. */
export function forgeIpv6(
  next: u32,
  trafficClass: u32,
  flowLabel: u32,
  hopLimit: u32,
  transport: usize,
): usize {
  const at = forgeAt();
  putU32be(at, 6 << 28 | trafficClass << 20 | flowLabel);
  putU16be(at + 4, u32(transport));
  store<u8>(at, u8(next), 6);
  store<u8>(at, u8(hopLimit), 7);
  putAddresses(6, at + 8);
  return ipHeader(6) + transport;
}
