// ITU-T Q.922, clause 3.3; RFC 2427, section 3
import { SHORT } from "../../packet.ts";
import { u16be } from "../bytes.ts";
import { FRAME_RELAY } from "../encap/kinds.ts";
import { note } from "../encap/layers.ts";
import { networkProtocol } from "../encap/llc.ts";
import { goOn, NOT_IP, TOO_DEEP } from "../encap/step.ts";

/** Set in the last octet of the address alone. */
const LAST: u8 = 0x01;
const MOST_OCTETS: usize = 4;
const UNNUMBERED: u8 = 0x03;

/** An address of two to four octets, and an identifier of the protocol, or Cisco's EtherType. */
export function frameRelay(at: usize, end: usize): i32 {
  let octets: usize = 0;
  let circuit: u32 = 0;
  let last: u8 = 0;
  while (last == 0) {
    if (octets == MOST_OCTETS) return NOT_IP;
    if (at + octets >= end) return SHORT;
    const octet = load<u8>(at + octets);
    last = octet & LAST;
    circuit = withPart(circuit, octet, octets);
    octets++;
  }
  if (octets == 1) return NOT_IP;
  if (!note(FRAME_RELAY, circuit)) return TOO_DEEP;
  const next = at + octets;
  if (next + 2 > end) return SHORT;
  if (load<u8>(next) != UNNUMBERED) return goOn(u16be(next), next + 2);
  // Padding makes what follows even
  return networkProtocol(load<u8>(next, 1) == 0 ? next + 2 : next + 1, end);
}

/** The circuit's number with the part that an octet has of it: six bits, four beside those of congestion, seven, or six. */
function withPart(circuit: u32, octet: u8, place: usize): u32 {
  if (place == 0) return octet >> 2;
  if (place == 1) return circuit << 4 | octet >> 4;
  return octet & LAST ? circuit << 6 | octet >> 2 : circuit << 7 | octet >> 1;
}
