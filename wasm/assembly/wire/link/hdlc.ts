// Cisco's HDLC (RFC 1547, section 4.3.1), and PPP in HDLC framing (RFC 1662)
import { SHORT } from "../../packet.ts";
import { u16be } from "../bytes.ts";
import { ppp } from "../encap/ppp.ts";
import { goOn } from "../encap/step.ts";

const HEADER: usize = 4;
const UNICAST: u8 = 0x0f;
const BROADCAST: u8 = 0x8f;

/** Address, control, EtherType. */
export function ciscoHdlc(at: usize, end: usize): i32 {
  return at + HEADER > end ? SHORT : goOn(u16be(at + 2), at + HEADER);
}

/** A serial line of either kind, which the address tells: Cisco's two are none of PPP. */
export function pppSerial(at: usize, end: usize): i32 {
  if (at >= end) return SHORT;
  const address = load<u8>(at);
  return address == UNICAST || address == BROADCAST ? ciscoHdlc(at, end) : ppp(at, end);
}
