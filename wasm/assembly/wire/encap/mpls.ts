// RFC 3032, section 2.1; what follows the labels is not named (RFC 4928)
import { SHORT } from "../../packet.ts";
import { u32be } from "../bytes.ts";
import { MPLS } from "./kinds.ts";
import { note } from "./layers.ts";
import { isFrame } from "./frame.ts";
import {
  ETHERTYPE_IPV4,
  ETHERTYPE_IPV6,
  goOn,
  NOT_IP,
  TOO_DEEP,
  TRANSPARENT_BRIDGING,
} from "./step.ts";

const ENTRY: usize = 4;
const BOTTOM: u32 = 0x100;
/** Behind this label stands an associated channel, which carries no traffic (RFC 5586). */
const GENERIC_ASSOCIATED_CHANNEL: u32 = 13;
/** Octets of a pseudowire's control word (RFC 4448, section 4.6). */
const CONTROL_WORD: usize = 4;

/** A stack of labels. */
export function mpls(at: usize, end: usize): i32 {
  let next = at;
  let entry: u32;
  do {
    if (next + ENTRY > end) return SHORT;
    entry = u32be(next);
    if (!note(MPLS, entry >> 12)) return TOO_DEEP;
    next += ENTRY;
  } while ((entry & BOTTOM) == 0);
  if (entry >> 12 == GENERIC_ASSOCIATED_CHANNEL) return NOT_IP;
  return behindLabels(next, end);
}

/**
 * The first four bits tell IPv4 and IPv6. Anything else may be the Ethernet frame of a pseudowire, whose
 * control word begins with four zeros; without one its first octet is a hardware address's, which may
 * begin with any: what can only be a frame is one.
 */
function behindLabels(at: usize, end: usize): i32 {
  if (at >= end) return SHORT;
  const first = load<u8>(at) >> 4;
  if (isFrame(at, end)) return goOn(TRANSPARENT_BRIDGING, at);
  if (first == 4) return goOn(ETHERTYPE_IPV4, at);
  if (first == 6) return goOn(ETHERTYPE_IPV6, at);
  return first == 0 && isFrame(at + CONTROL_WORD, end)
    ? goOn(TRANSPARENT_BRIDGING, at + CONTROL_WORD)
    : NOT_IP;
}
