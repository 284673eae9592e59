// RFC 3828, section 3.1
import { BAD, FIRST, OK, Packet, SHORT } from "../packet.ts";
import { u16be } from "./bytes.ts";

export const PROTOCOL: u8 = 136;

const COVERAGE: usize = 4;
const HEADER: usize = 8;

/** Checks the header once and sets the ports. */
export function udplite(into: Packet): i32 {
  const at = into.transport;
  const wire = into.ip + into.octets;
  if (at + HEADER > wire) return BAD;
  if (at + HEADER > into.end) return SHORT;
  // 0 is all of it. A first fragment may be covered beyond its end.
  const coverage: usize = u16be(at + COVERAGE);
  if (coverage != 0 && coverage < HEADER) return BAD;
  if (into.fragment != FIRST && at + coverage > wire) return BAD;
  into.sourcePort = u16be(at);
  into.destinationPort = u16be(at + 2);
  return OK;
}
