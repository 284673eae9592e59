// IEEE 802.1ah, now IEEE 802.1Q, clause 9.7
import { SHORT } from "../../packet.ts";
import { u32be } from "../bytes.ts";
import { ethernet } from "./ethernet.ts";
import { BACKBONE } from "./kinds.ts";
import { note } from "./layers.ts";
import { TOO_DEEP } from "./step.ts";

const HEADER: usize = 4;
const IDENTIFIER: u32 = 0xff_ffff;

/** A service instance tag, behind its EtherType: the customer's frame follows. */
export function backbone(at: usize, end: usize): i32 {
  if (at + HEADER > end) return SHORT;
  return note(BACKBONE, u32be(at) & IDENTIFIER) ? ethernet(at + HEADER, end) : TOO_DEEP;
}
