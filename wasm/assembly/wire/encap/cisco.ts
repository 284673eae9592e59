// Cisco's metadata: the security group of the sender, behind EtherType 0x8909. In Ethernet the type of
// what follows stands at its end, in GRE at its begin.
import { SHORT } from "../../packet.ts";
import { u16be } from "../bytes.ts";
import { typed } from "./ethernet.ts";
import { GROUP } from "./kinds.ts";
import { note } from "./layers.ts";
import { NOT_IP, TOO_DEEP } from "./step.ts";

const VERSION: u8 = 1;
const OPTION: usize = 2;
const GROUP_OPTION: u16 = 1;
const VALUE: usize = 4;
/** Octets without the type, and of it. */
const METADATA: usize = 6;
const TYPE: usize = 2;
const HEADER: usize = METADATA + TYPE;

/** Behind the EtherType in a frame. */
export function cisco(at: usize, end: usize): i32 {
  return at + HEADER > end ? SHORT : metadata(at, u16be(at + METADATA), at + HEADER);
}

/** Behind the EtherType in GRE. */
export function ciscoInGre(at: usize, end: usize): i32 {
  return at + HEADER > end ? SHORT : metadata(at + TYPE, u16be(at), at + HEADER);
}

/** Version 1 with one option of one word, as it is sent: type and value. */
function metadata(at: usize, type: u32, next: usize): i32 {
  if (load<u8>(at) != VERSION || load<u8>(at, 1) != 1) return NOT_IP;
  if ((u16be(at + OPTION) & 0xfff) == GROUP_OPTION && !note(GROUP, u16be(at + VALUE))) {
    return TOO_DEEP;
  }
  return typed(type, next);
}
