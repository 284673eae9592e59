import { cisco, ciscoInGre } from "./cisco.ts";
import { backbone } from "./backbone.ts";
import { ethernet } from "./ethernet.ts";
import { isFollowing } from "./layers.ts";
import { llc } from "./llc.ts";
import { mpls } from "./mpls.ts";
import { nsh } from "./nsh.ts";
import { ppp } from "./ppp.ts";
import { pppoe } from "./pppoe.ts";
import {
  CISCO_IN_GRE,
  ETHERTYPE_IPV4,
  ETHERTYPE_IPV6,
  ETHERTYPE_MPLS,
  ETHERTYPE_NSH,
  LLC,
  NOT_IP,
  ON,
  place,
  PPP,
  protocol,
  TRANSPARENT_BRIDGING,
  version,
} from "./step.ts";
import { vlan } from "./vlan.ts";

/** Walks from what a step has named to an IP header: OK and `network`, or why there is none. */
export function walk(end: usize): i32 {
  let status = ON;
  while (status == ON) status = step(protocol, place, end);
  return status;
}

/** The registry of what may lie between a frame's begin and IP, by EtherType. */
function step(type: u32, at: usize, end: usize): i32 {
  switch (type) {
    case ETHERTYPE_IPV4:
      return version(at, end, 4);
    case ETHERTYPE_IPV6:
      return version(at, end, 6);
    case 0x8100: // IEEE 802.1Q
    case 0x88a8: // IEEE 802.1ad
    case 0x9100: // the same before it was a standard
      return vlan(at, end);
    case PPP:
      return ppp(at, end);
    case LLC:
      return llc(at, end);
  }
  if (!isFollowing()) return NOT_IP;
  switch (type) {
    case ETHERTYPE_MPLS:
    case 0x8848: // of upstream-assigned labels (RFC 5332)
      return mpls(at, end);
    case 0x8864: // RFC 2516
      return pppoe(at, end);
    case 0x880b: // in GRE of version 0 and elsewhere (IANA, EtherTypes)
      return ppp(at, end);
    case 0x88e7:
      return backbone(at, end);
    case 0x8909:
      return cisco(at, end);
    case CISCO_IN_GRE:
      return ciscoInGre(at, end);
    case ETHERTYPE_NSH:
      return nsh(at, end);
    case TRANSPARENT_BRIDGING:
      return ethernet(at, end);
  }
  return NOT_IP;
}
