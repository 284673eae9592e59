import { SHORT } from "../../packet.ts";
import { u16be } from "../bytes.ts";
import { ETHERTYPE_IPV4, ETHERTYPE_IPV6, NOT_IP, version } from "../encap/step.ts";

const HEADER: usize = 4;

/**
 * BSD loopback: four octets of address family, in the byte order of the host that captured. In place of
 * it some write an EtherType into the last two, behind what no family has.
 */
export function loopback(at: usize, end: usize): i32 {
  if (at + HEADER > end) return SHORT;
  const raw = load<u32>(at);
  const family = raw > 0xffff ? bswap<u32>(raw) : raw;
  if (family == 2) return version(at + HEADER, end, 4);
  // AF_INET6 of Linux, NetBSD and OpenBSD, FreeBSD, macOS
  if (family == 10 || family == 24 || family == 28 || family == 30) {
    return version(at + HEADER, end, 6);
  }
  const type: u32 = u16be(at + 2);
  if (type == ETHERTYPE_IPV4) return version(at + HEADER, end, 4);
  if (type == ETHERTYPE_IPV6) return version(at + HEADER, end, 6);
  return NOT_IP;
}
