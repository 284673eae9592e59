// Network Service Header, RFC 8300, section 2
import { BAD, SHORT } from "../../packet.ts";
import { u16be, u32be } from "../bytes.ts";
import { NSH } from "./kinds.ts";
import { note } from "./layers.ts";
import {
  ETHERTYPE_IPV4,
  ETHERTYPE_IPV6,
  ETHERTYPE_MPLS,
  ETHERTYPE_NSH,
  goOn,
  NOT_IP,
  TOO_DEEP,
  TRANSPARENT_BRIDGING,
} from "./step.ts";

const VERSION_AND_OAM: u8 = 0xe0;
const NEXT: usize = 3;
const PATH: usize = 4;
/** Octets of the base header and the service path header. */
const HEADER: usize = 8;

/** A service header, behind its EtherType or in a tunnel. */
export function nsh(at: usize, end: usize): i32 {
  if (at + HEADER > end) return SHORT;
  // Of another version, or for the path's own maintenance
  if (load<u8>(at) & VERSION_AND_OAM) return NOT_IP;
  const length = usize(u16be(at) & 0x3f) << 2;
  if (length < HEADER) return BAD;
  if (!note(NSH, u32be(at + PATH) >> 8)) return TOO_DEEP;
  return carries(load<u8>(at, NEXT), at + length);
}

/** What a next protocol of NSH says, which VXLAN-GPE has too (RFC 8300, section 2.2). */
export function carries(next: u8, at: usize): i32 {
  switch (next) {
    case 1:
      return goOn(ETHERTYPE_IPV4, at);
    case 2:
      return goOn(ETHERTYPE_IPV6, at);
    case 3:
      return goOn(TRANSPARENT_BRIDGING, at);
    case 4:
      return goOn(ETHERTYPE_NSH, at);
    case 5:
      return goOn(ETHERTYPE_MPLS, at);
  }
  return NOT_IP;
}
