// https://www.tcpdump.org/linktypes/LINKTYPE_PKTAP.html
import { BAD, SHORT } from "../../packet.ts";
import { NOT_IP, ON } from "../encap/step.ts";

/** Octets up to the link type; the header itself is longer. */
const LEAST: usize = 12;
const RECORD: usize = 4;
const PACKET: u32 = 1;
const TYPE: usize = 8;

/** Link type of what was tapped, and where its frame begins. */
export let tappedType: i32 = 0;
export let tappedPlace: usize = 0;

/** A header of macOS in front of a frame of any link type, with numbers in little-endian order. */
export function packetTap(at: usize, end: usize): i32 {
  if (at + LEAST > end) return SHORT;
  const length: usize = load<u32>(at);
  if (length < LEAST) return BAD;
  if (load<u32>(at, RECORD) != PACKET) return NOT_IP;
  if (length > end - at) return SHORT;
  tappedType = load<i32>(at, TYPE);
  tappedPlace = at + length;
  return ON;
}
