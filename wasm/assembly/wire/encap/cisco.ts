// Cisco's metadata: the security group of the sender, behind EtherType 0x8909
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
const TYPE: usize = 6;
const HEADER: usize = 8;

/** Version 1 with one option of one word, as it is sent: type and value. */
export function cisco(at: usize, end: usize): i32 {
  if (at + HEADER > end) return SHORT;
  if (load<u8>(at) != VERSION || load<u8>(at, 1) != 1) return NOT_IP;
  if ((u16be(at + OPTION) & 0xfff) == GROUP_OPTION && !note(GROUP, u16be(at + VALUE))) {
    return TOO_DEEP;
  }
  return typed(u16be(at + TYPE), at + HEADER);
}
