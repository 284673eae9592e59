// Tags between a switch and its host, https://www.tcpdump.org/linktypes.html (DSA_TAG_*)
import { SHORT } from "../../packet.ts";
import { u16be } from "../bytes.ts";
import { ethernet, typed } from "../encap/ethernet.ts";
import { TOO_DEEP } from "../encap/step.ts";
import { tag } from "../encap/vlan.ts";

/** Octets of the two addresses of Ethernet. */
const ADDRESSES: usize = 12;
const TAG: usize = 4;
/** Octets of an EtherType and two that are reserved, in front of a tag that has one. */
const TYPE: usize = 4;
/** The frame had a VLAN tag, in whose place the switch's tag stands with the VLAN's number. */
const TAGGED: u8 = 0x20;

/** Broadcom's, between addresses and EtherType. */
export function broadcom(at: usize, end: usize): i32 {
  return behind(at + ADDRESSES + TAG, end);
}

/** Broadcom's, in front of the frame. */
export function broadcomInFront(at: usize, end: usize): i32 {
  return ethernet(at + TAG, end);
}

/** Marvell's, between addresses and EtherType. */
export function marvell(at: usize, end: usize): i32 {
  return marvellAt(at + ADDRESSES, end);
}

/** Marvell's with an EtherType of its own. */
export function marvellTyped(at: usize, end: usize): i32 {
  return marvellAt(at + ADDRESSES + TYPE, end);
}

function marvellAt(at: usize, end: usize): i32 {
  if (at + TAG > end) return SHORT;
  if (load<u8>(at) & TAGGED && !tag(u16be(at + 2))) return TOO_DEEP;
  return behind(at + TAG, end);
}

function behind(at: usize, end: usize): i32 {
  return at + 2 > end ? SHORT : typed(u16be(at), at + 2);
}
