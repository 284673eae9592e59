// RFC 1661, section 2, and RFC 1662, section 3.1
import { SHORT } from "../../packet.ts";
import { u16be } from "../bytes.ts";
import { ETHERTYPE_IPV4, ETHERTYPE_IPV6, ETHERTYPE_MPLS, goOn, NOT_IP } from "./step.ts";

/** All stations, unnumbered information: what HDLC has in front, unless it is left out. */
const ADDRESS_AND_CONTROL: u16 = 0xff03;

/** A frame, with its address and control or without, its protocol in two octets or compressed to one. */
export function ppp(at: usize, end: usize): i32 {
  if (at + 2 > end) return SHORT;
  const next = u16be(at) == ADDRESS_AND_CONTROL ? at + 2 : at;
  if (next >= end) return SHORT;
  // The last octet of a protocol is odd, no other is
  const first: u32 = load<u8>(next);
  if (first & 1) return carries(first, next + 1);
  return next + 2 > end ? SHORT : carries(u16be(next), next + 2);
}

function carries(protocol: u32, at: usize): i32 {
  switch (protocol) {
    case 0x0021: // RFC 1332
      return goOn(ETHERTYPE_IPV4, at);
    case 0x0057: // RFC 5072
      return goOn(ETHERTYPE_IPV6, at);
    case 0x0281: // RFC 3032, section 4.3
    case 0x0283:
      return goOn(ETHERTYPE_MPLS, at);
  }
  return NOT_IP;
}
