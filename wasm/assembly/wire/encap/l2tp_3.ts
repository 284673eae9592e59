// RFC 3931, section 4.1.1
import { Packet, SHORT } from "../../packet.ts";
import { u32be } from "../bytes.ts";
import { isFrame } from "./frame.ts";
import { L2TP_3 } from "./kinds.ts";
import { noteTunnel } from "./layers.ts";
import { goOn, NOT_IP, TOO_DEEP, TRANSPARENT_BRIDGING } from "./step.ts";

/** Octets of the session's number, 0 in control messages. */
const HEADER: usize = 4;
/** Octets of the longest cookie and the sublayer that may follow it. */
const MOST: usize = 12;

/**
 * A message over IP. How long its cookie is, whether there is a sublayer and what the session carries only
 * its two ends know: an Ethernet frame at one of the places where it can stand is taken for one.
 */
export function l2tp3(packet: Packet): i32 {
  const at = packet.transport;
  const end = packet.end;
  if (at + HEADER > end) return SHORT;
  const session = u32be(at);
  if (session == 0) return NOT_IP;
  for (let next = at + HEADER; next <= at + HEADER + MOST; next += 4) {
    if (!isFrame(next, end)) continue;
    return noteTunnel(L2TP_3, session, packet) ? goOn(TRANSPARENT_BRIDGING, next) : TOO_DEEP;
  }
  return NOT_IP;
}
