// RFC 2516, section 4
import { SHORT } from "../../packet.ts";
import { u16be } from "../bytes.ts";
import { PPPOE } from "./kinds.ts";
import { note } from "./layers.ts";
import { goOn, NOT_IP, PPP, TOO_DEEP } from "./step.ts";

const HEADER: usize = 6;
const SESSION: usize = 2;
/** Version 1, type 1, and the code of what is no discovery. */
const DATA: u16 = 0x1100;

/** A packet of a session. */
export function pppoe(at: usize, end: usize): i32 {
  if (at + HEADER > end) return SHORT;
  if (u16be(at) != DATA) return NOT_IP;
  return note(PPPOE, u16be(at + SESSION)) ? goOn(PPP, at + HEADER) : TOO_DEEP;
}
