// RFC 9260, section 3.1
import { BAD, OK, Packet, SHORT } from "../packet.ts";
import { u16be } from "./bytes.ts";

export const PROTOCOL: u8 = 132;

/** Octets of the common header. */
const HEADER: usize = 12;

/** Checks the common header once and sets the ports. */
export function sctp(into: Packet): i32 {
  const at = into.transport;
  if (at + HEADER > into.ip + into.octets) return BAD;
  if (at + HEADER > into.end) return SHORT;
  into.sourcePort = u16be(at);
  into.destinationPort = u16be(at + 2);
  return OK;
}
