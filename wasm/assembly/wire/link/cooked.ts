// Linux cooked capture, https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL.html and _SLL2.html
import { SHORT } from "../../packet.ts";
import { u16be } from "../bytes.ts";
import { isFollowing } from "../encap/layers.ts";
import { goOn, LLC, NOT_IP } from "../encap/step.ts";

const HEADER: usize = 16;
const HEADER_2: usize = 20;
/** In place of an EtherType: what follows begins with LLC (linux/if_ether.h, ETH_P_802_2). */
const TYPE_LLC: u32 = 4;

export function cooked(at: usize, end: usize): i32 {
  return at + HEADER > end ? SHORT : typed(u16be(at + 14), at + HEADER);
}

/** Version 2. */
export function cooked2(at: usize, end: usize): i32 {
  return at + HEADER_2 > end ? SHORT : typed(u16be(at), at + HEADER_2);
}

function typed(type: u32, at: usize): i32 {
  if (type != TYPE_LLC) return goOn(type, at);
  return isFollowing() ? goOn(LLC, at) : NOT_IP;
}
