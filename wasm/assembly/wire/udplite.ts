// RFC 3828, section 3.1
import { BAD, FIRST, OK, Packet } from "../packet.ts";
import { u16be } from "./bytes.ts";
import { begins, setPorts } from "./header.ts";

export const PROTOCOL: u8 = 136;

const COVERAGE: usize = 4;
const HEADER: usize = 8;

/** Checks the header once and sets the ports. */
export function udplite(into: Packet): i32 {
  const status = begins(into, HEADER);
  if (status != OK) return status;
  const at = into.transport;
  // 0 is all of it. A first fragment may be covered beyond its end.
  const coverage: usize = u16be(at + COVERAGE);
  if (coverage != 0 && coverage < HEADER) return BAD;
  if (into.fragment != FIRST && at + coverage > into.ip + into.octets) return BAD;
  setPorts(into);
  return OK;
}
