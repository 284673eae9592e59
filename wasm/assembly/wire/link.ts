import { BAD, OK, SHORT } from "../packet.ts";
import { u16be } from "./bytes.ts";

// Values of pcap_datalink(3), https://www.tcpdump.org/linktypes.html
const DLT_NULL: i32 = 0;
const DLT_EN10MB: i32 = 1;
const DLT_RAW: i32 = 12;
const LINKTYPE_RAW: i32 = 101;
const DLT_LOOP: i32 = 108;
const DLT_LINUX_SLL: i32 = 113;
const DLT_IPV4: i32 = 228;
const DLT_IPV6: i32 = 229;
const DLT_LINUX_SLL2: i32 = 276;

const ETHERTYPE_IPV4: u16 = 0x0800;
const ETHERTYPE_IPV6: u16 = 0x86dd;

/** The frame is whole, and what it carries is not IP. */
export const NOT_IP: i32 = 3;

/** Start of the IP header after a successful `link`. */
export let network: usize = 0;

/** Whether frames of this link type can be read. */
export function knowsLink(type: i32): bool {
  return type == DLT_NULL || type == DLT_EN10MB || type == DLT_RAW || type == LINKTYPE_RAW ||
    type == DLT_LOOP || type == DLT_LINUX_SLL || type == DLT_IPV4 || type == DLT_IPV6 ||
    type == DLT_LINUX_SLL2;
}

/** Finds the IP header of a frame: OK and `network`, or SHORT, BAD, NOT_IP. */
export function link(type: i32, at: usize, end: usize): i32 {
  if (type == DLT_EN10MB) return typed(at, 12, 14, end);
  if (type == DLT_LINUX_SLL) return typed(at, 14, 16, end);
  if (type == DLT_LINUX_SLL2) return typed(at, 0, 20, end);
  if (type == DLT_NULL || type == DLT_LOOP) return loopback(at, end);
  if (type == DLT_IPV4) return version(at, end, 4);
  if (type == DLT_IPV6) return version(at, end, 6);
  if (at >= end) return SHORT;
  const found = load<u8>(at) >> 4;
  if (found != 4 && found != 6) return NOT_IP;
  network = at;
  return OK;
}

/** A header of `length` octets with an EtherType at `typeAt`; IEEE 802.1Q and 802.1ad tags may follow. */
function typed(at: usize, typeAt: usize, length: usize, end: usize): i32 {
  if (at + length > end) return SHORT;
  let type = u16be(at + typeAt);
  let next = at + length;
  while (type == 0x8100 || type == 0x88a8 || type == 0x9100) {
    if (next + 4 > end) return SHORT;
    type = u16be(next + 2);
    next += 4;
  }
  if (type != ETHERTYPE_IPV4 && type != ETHERTYPE_IPV6) return NOT_IP;
  return version(next, end, type == ETHERTYPE_IPV4 ? 4 : 6);
}

/** BSD loopback: four octets of address family, in the byte order of the host that captured. */
function loopback(at: usize, end: usize): i32 {
  if (at + 4 > end) return SHORT;
  const raw = load<u32>(at);
  const family = raw > 0xffff ? bswap<u32>(raw) : raw;
  if (family == 2) return version(at + 4, end, 4);
  // AF_INET6 of Linux, NetBSD and OpenBSD, FreeBSD, macOS
  if (family == 10 || family == 24 || family == 28 || family == 30) {
    return version(at + 4, end, 6);
  }
  return NOT_IP;
}

/** The link and the IP header must agree on the version. */
function version(at: usize, end: usize, expected: u8): i32 {
  if (at >= end) return SHORT;
  network = at;
  return load<u8>(at) >> 4 == expected ? OK : BAD;
}
