// RFC 768
import { BAD, OK, Packet } from "../packet.ts";
import { u16be } from "./bytes.ts";
import { begins, setPorts } from "./header.ts";

export const PROTOCOL: u8 = 17;

const LENGTH: usize = 4;
const CHECKSUM: usize = 6;
const HEADER: usize = 8;

/** Checks the header once and sets the ports. */
export function udp(into: Packet): i32 {
  const status = begins(into, HEADER);
  if (status != OK) return status;
  const length: usize = u16be(into.transport + LENGTH);
  // 0 is a jumbogram (RFC 2675, section 4); a first fragment says more than it holds
  if (length != 0 && length < HEADER) return BAD;
  setPorts(into);
  return OK;
}

/** Whether a checked header carries a checksum: 0 says that there is none. */
export function hasChecksum(at: usize): bool {
  return load<u16>(at + CHECKSUM) != 0;
}

/** Where a checked datagram's payload begins. */
export function payload(packet: Packet): usize {
  return packet.transport + HEADER;
}

/** Octets of a checked datagram's payload by its own length, or, where that is 0, by the IP packet's. */
export function payloadLength(packet: Packet): usize {
  const length: usize = u16be(packet.transport + LENGTH);
  if (length != 0) return length - HEADER;
  return packet.ip + packet.octets - payload(packet);
}
