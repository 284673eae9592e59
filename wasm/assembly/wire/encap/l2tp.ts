// RFC 2661, section 3.1
import { Packet, SHORT } from "../../packet.ts";
import { u16be, u32be } from "../bytes.ts";
import { payload, payloadLength } from "../udp.ts";
import { L2TP } from "./kinds.ts";
import { noteTunnel } from "./layers.ts";
import { goOn, NONE, PPP, TOO_DEEP } from "./step.ts";

const LENGTH: u16 = 0x4000;
const SEQUENCE: u16 = 0x0800;
const OFFSET: u16 = 0x0200;
const PRIORITY: u16 = 0x0100;
const VERSION: u16 = 2;
/** Octets of flags, tunnel and session. */
const HEADER: usize = 6;

/** A data message of version 2; control messages are the tunnel's own. */
export function l2tp(packet: Packet): i32 {
  const at = payload(packet);
  const end = packet.end;
  const length = payloadLength(packet);
  if (at + HEADER > end) return NONE;
  const flags = u16be(at);
  if ((flags & ~(LENGTH | SEQUENCE | OFFSET | PRIORITY)) != VERSION) return NONE;
  let next = at + 2;
  if (flags & LENGTH) {
    if (u16be(next) != length) return NONE;
    next += 2;
  }
  const numbers = next;
  next += 4;
  if (flags & SEQUENCE) next += 4;
  if (flags & OFFSET) {
    next += 2;
    if (next > at + length) return NONE;
    if (next > end) return SHORT;
    next += u16be(next - 2);
  }
  if (next > at + length) return NONE;
  if (next > end) return SHORT;
  // No tunnel and no session has the number 0
  if (u16be(numbers) == 0 || u16be(numbers + 2) == 0) return NONE;
  return noteTunnel(L2TP, u32be(numbers), packet) ? goOn(PPP, next) : TOO_DEEP;
}
