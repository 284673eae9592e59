// RFC 9293, section 3.1; RFC 9768, section 3.1
import { BAD, OK, Packet } from "../packet.ts";
import { u16be, u32be } from "./bytes.ts";
import { begins, portsAlone, setPorts } from "./header.ts";

export const PROTOCOL: u8 = 6;
export const FIN: u16 = 0x01;
export const SYN: u16 = 0x02;
export const RST: u16 = 0x04;
export const ACK: u16 = 0x10;
/** All nine, from AE (0x100) on. */
export const FLAGS: u16 = 0x1ff;

const SEQUENCE: usize = 4;
const ACKNOWLEDGMENT: usize = 8;
/** Where data offset and flags are, 16 bits with the three that are reserved between them. */
const OFFSET: usize = 12;
const WINDOW: usize = 14;
/** Octets of a header without options. */
export const HEADER: usize = 20;

/** Checks the header once and sets ports and flags. Options may be cut short by the capture. */
export function tcp(into: Packet): i32 {
  const status = begins(into, HEADER);
  if (status != OK) return status;
  const at = into.transport;
  const length = headerLength(at);
  if (length < HEADER) return BAD;
  if (at + length > into.ip + into.octets) return portsAlone(into);
  setPorts(into);
  into.flags = u16be(at + OFFSET) & FLAGS;
  return OK;
}

/** Octets of a header that `tcp` called OK, with its options. */
export function headerLength(at: usize): usize {
  return usize(load<u8>(at + OFFSET) >> 4) << 2;
}

/** Sequence number of a header that `tcp` called OK. */
export function sequence(at: usize): u32 {
  return u32be(at + SEQUENCE);
}

/** Acknowledgment number of a header that `tcp` called OK. */
export function acknowledgment(at: usize): u32 {
  return u32be(at + ACKNOWLEDGMENT);
}

/** Window of a header that `tcp` called OK, as it stands there, without its scale. */
export function window(at: usize): u16 {
  return u16be(at + WINDOW);
}

/** Where a checked segment's payload begins; that may be beyond what was captured. */
export function payload(packet: Packet): usize {
  return packet.transport + headerLength(packet.transport);
}

/** Octets of a checked segment's payload on the wire; padding of the link is none. */
export function payloadLength(packet: Packet): usize {
  return packet.ip + packet.octets - payload(packet);
}

/** Whether a packet is a TCP segment with SYN. A fragment without a header has no flags. */
export function isSyn(packet: Packet): bool {
  return packet.protocol == PROTOCOL && packet.transport != 0 && (packet.flags & SYN) != 0;
}

/** Whether a packet is a segment with SYN and ACK. A fragment without a header, or what is not TCP, has no flags. */
export function answersSyn(packet: Packet): bool {
  return (packet.flags & (SYN | ACK)) == (SYN | ACK);
}

/** Whether a packet is not TCP, or a segment with payload. A fragment without a header does not tell. */
export function carriesData(packet: Packet): bool {
  if (packet.protocol != PROTOCOL) return true;
  return packet.transport != 0 && payloadLength(packet) > 0;
}
