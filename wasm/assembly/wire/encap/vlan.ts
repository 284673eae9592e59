// IEEE 802.1Q, clause 9.6
import { SHORT } from "../../packet.ts";
import { u16be } from "../bytes.ts";
import { VLAN } from "./kinds.ts";
import { note } from "./layers.ts";
import { TOO_DEEP } from "./step.ts";
import { typed } from "./ethernet.ts";

const HEADER: usize = 4;
const IDENTIFIER: u32 = 0xfff;

/** A tag, behind its EtherType. */
export function vlan(at: usize, end: usize): i32 {
  if (at + HEADER > end) return SHORT;
  return tag(u16be(at)) ? typed(u16be(at + 2), at + HEADER) : TOO_DEEP;
}

/** Notes what tag control information names; false when there are too many headers. VLAN 0 is none: the tag has a priority alone. */
export function tag(control: u32): bool {
  const identifier = control & IDENTIFIER;
  return identifier == 0 || note(VLAN, identifier);
}
