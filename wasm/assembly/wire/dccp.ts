// RFC 4340, section 5.1
import { BAD, OK, Packet } from "../packet.ts";
import { begins, portsAlone, setPorts } from "./header.ts";

export const PROTOCOL: u8 = 33;

const DATA_OFFSET: usize = 4;
const TYPE: usize = 8;
/** The sequence number has 48 bits, and not 24. */
const EXTENDED: u8 = 1;
/** Octets of a generic header with a short sequence number, and with a long one. */
const SHORT_HEADER: usize = 12;
const LONG_HEADER: usize = 16;

/** Checks the generic header once and sets the ports. */
export function dccp(into: Packet): i32 {
  const status = begins(into, SHORT_HEADER);
  if (status != OK) return status;
  const at = into.transport;
  const least = load<u8>(at + TYPE) & EXTENDED ? LONG_HEADER : SHORT_HEADER;
  const length = usize(load<u8>(at + DATA_OFFSET)) << 2;
  if (length < least) return BAD;
  if (at + length > into.ip + into.octets) return portsAlone(into);
  setPorts(into);
  return OK;
}
