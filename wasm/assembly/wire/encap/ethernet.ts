// IEEE 802.3, clause 3
import { SHORT } from "../../packet.ts";
import { u16be } from "../bytes.ts";
import { isFollowing } from "./layers.ts";
import { goOn, LLC, NOT_IP } from "./step.ts";

const TYPE: usize = 12;
/** Octets of two addresses and a type. */
export const HEADER: usize = 14;
/** A type below is the length of what follows: LLC, of three octets at least. */
export const LEAST_TYPE: u32 = 0x600;
const LEAST_LENGTH: u32 = 3;

/** An Ethernet frame. */
export function ethernet(at: usize, end: usize): i32 {
  if (at + HEADER > end) return SHORT;
  return typed(u16be(at + TYPE), at + HEADER);
}

/** What a field says that may be an EtherType or a length. */
export function typed(type: u32, at: usize): i32 {
  if (type >= LEAST_TYPE) return goOn(type, at);
  return isFollowing() && type >= LEAST_LENGTH ? goOn(LLC, at) : NOT_IP;
}
