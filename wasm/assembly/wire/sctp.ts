// RFC 9260, section 3.1
import { OK, Packet } from "../packet.ts";
import { begins, setPorts } from "./header.ts";

export const PROTOCOL: u8 = 132;

/** Octets of the common header. */
const HEADER: usize = 12;

/** Checks the common header once and sets the ports. */
export function sctp(into: Packet): i32 {
  const status = begins(into, HEADER);
  if (status == OK) setPorts(into);
  return status;
}
