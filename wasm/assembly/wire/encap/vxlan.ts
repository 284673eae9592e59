// RFC 7348, section 5; VXLAN-GPE is draft-ietf-nvo3-vxlan-gpe, section 3
import { Packet } from "../../packet.ts";
import { u32be } from "../bytes.ts";
import { payload } from "../udp.ts";
import { ethernet } from "./ethernet.ts";
import { VXLAN, VXLAN_GPE } from "./kinds.ts";
import { noteTunnel } from "./layers.ts";
import { carries } from "./nsh.ts";
import { NONE, TOO_DEEP } from "./step.ts";

const HEADER: usize = 8;
const NETWORK: usize = 4;
/** The network identifier is there. */
const INSTANCE: u32 = 0x0800_0000;
/** A group policy, of Linux and others: a flag, two of its own, and a number of 16 bits. */
const GROUP: u32 = 0x8000_0000;
const GROUP_FIELDS: u32 = 0x0048_ffff;
/** VXLAN-GPE: there is a next protocol, which stands in the lowest octet. */
const NEXT: u32 = 0x0400_0000;
const NEXT_FIELD: u32 = 0xff;

/** A frame in VXLAN: every reserved bit is 0, since a sender sets them so. */
export function vxlan(packet: Packet): i32 {
  const at = payload(packet);
  if (at + HEADER > packet.end || load<u8>(at, 7) != 0) return NONE;
  const flags = u32be(at);
  const allowed = flags & GROUP ? GROUP | GROUP_FIELDS : 0;
  if ((flags & ~allowed) != INSTANCE) return NONE;
  return noteTunnel(VXLAN, identifier(at), packet) ? ethernet(at + HEADER, packet.end) : TOO_DEEP;
}

/** What VXLAN-GPE says that it carries; without a next protocol it is a frame. */
export function vxlanGpe(packet: Packet): i32 {
  const at = payload(packet);
  if (at + HEADER > packet.end || load<u8>(at, 7) != 0) return NONE;
  const flags = u32be(at);
  const named = (flags & NEXT) != 0;
  if ((flags & ~(named ? NEXT | NEXT_FIELD : 0)) != INSTANCE) return NONE;
  if (!noteTunnel(VXLAN_GPE, identifier(at), packet)) return TOO_DEEP;
  const next = at + HEADER;
  return named ? carries(u8(flags & NEXT_FIELD), next) : ethernet(next, packet.end);
}

function identifier(at: usize): u32 {
  return u32be(at + NETWORK) >> 8;
}
