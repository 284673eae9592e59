// https://www.tcpdump.org/linktypes/LINKTYPE_IPNET.html
import { SHORT } from "../../packet.ts";
import { NOT_IP, version } from "../encap/step.ts";

const HEADER: usize = 24;
const FAMILY: usize = 1;
// Of Solaris
const FAMILY_IPV4: u8 = 2;
const FAMILY_IPV6: u8 = 26;

/** Solaris between its zones. */
export function ipnet(at: usize, end: usize): i32 {
  if (at + HEADER > end) return SHORT;
  const family = load<u8>(at + FAMILY);
  if (family == FAMILY_IPV4) return version(at + HEADER, end, 4);
  return family == FAMILY_IPV6 ? version(at + HEADER, end, 6) : NOT_IP;
}
