// RFC 2784, RFC 2890; version 1 is PPTP's, RFC 2637, section 4.1
import { Packet, SHORT } from "../../packet.ts";
import { u16be, u32be } from "../bytes.ts";
import { GRE, GRE_KEYED, PPTP } from "./kinds.ts";
import { noteTunnel } from "./layers.ts";
import { CISCO_IN_GRE, goOn, NOT_IP, PPP, TOO_DEEP } from "./step.ts";

const CHECKSUM: u16 = 0x8000;
const KEY: u16 = 0x2000;
const SEQUENCE: u16 = 0x1000;
const ACKNOWLEDGMENT: u16 = 0x0080;
const VERSION: u16 = 0x0007;
/** Routing, strict routes and recursion are of RFC 1701 alone, and a receiver discards them (RFC 2784, section 2.3). */
const DISCARDED: u16 = 0x4f00;
const TYPE_PPP: u16 = 0x880b;
const TYPE_CISCO: u16 = 0x8909;

/** Octets of flags and protocol type. */
const HEADER: usize = 4;

/** A GRE packet of version 0 or 1. */
export function gre(packet: Packet): i32 {
  const at = packet.transport;
  const end = packet.end;
  if (at + HEADER > end) return SHORT;
  const flags = u16be(at);
  const type = u16be(at + 2);
  if ((flags & VERSION) == 1) return pptp(at, flags, type, packet);
  if ((flags & (VERSION | DISCARDED)) != 0) return NOT_IP;
  let next = at + HEADER;
  if (flags & CHECKSUM) next += 4;
  const key = next;
  if (flags & KEY) next += 4;
  if (flags & SEQUENCE) next += 4;
  if (next > end) return SHORT;
  const noted = flags & KEY
    ? noteTunnel(GRE_KEYED, u32be(key), packet)
    : noteTunnel(GRE, 0, packet);
  if (!noted) return TOO_DEEP;
  return goOn(type == TYPE_CISCO ? CISCO_IN_GRE : u32(type), next);
}

/** The key is the length of the payload, and the number of the call. */
function pptp(at: usize, flags: u16, type: u16, packet: Packet): i32 {
  if (type != TYPE_PPP || (flags & (CHECKSUM | KEY | DISCARDED)) != KEY) return NOT_IP;
  let next = at + HEADER + 4;
  // Without a sequence number it is an acknowledgment alone
  if ((flags & SEQUENCE) == 0) return NOT_IP;
  next += 4;
  if (flags & ACKNOWLEDGMENT) next += 4;
  if (next > packet.end) return SHORT;
  return noteTunnel(PPTP, u16be(at + 6), packet) ? goOn(PPP, next) : TOO_DEEP;
}
