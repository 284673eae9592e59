// RFC 792, RFC 4443; queries also RFC 950 (address masks) and RFC 8335 (extended echo)
import { BAD, LATER, OK, Packet, SHORT } from "../packet.ts";
import { u16be } from "./bytes.ts";
import { quotedIpv4 } from "./ipv4.ts";
import { quotedIpv6 } from "./ipv6.ts";
import { hasPorts } from "./ports.ts";

export const PROTOCOL: u8 = 1;
export const PROTOCOL_6: u8 = 58;

const HEADER: usize = 8;
const IDENTIFIER: usize = 4;

/** Checks the header once, and sets what stands for ports. */
export function icmp(into: Packet): i32 {
  const at = into.transport;
  if (at + HEADER > into.ip + into.octets) return BAD;
  if (at + HEADER > into.end) return SHORT;
  setEnds(into);
  return OK;
}

// What stands for ports in a flow's key. A query and its answers are one flow, as those of another
// program are another one: the identifier is at the asker's end, and the type of the question at the
// other. All else is a flow a type, of both directions.

/** Sets them from a message of which the first six octets are there. */
function setEnds(into: Packet): void {
  const ends = icmpEnds(into.protocol, load<u8>(into.transport), identifier(into.transport));
  into.sourcePort = u16(ends >> 16);
  into.destinationPort = u16(ends);
}

/** What stands for the ports of a message, the source's above the destination's, for who expects its flow. */
export function icmpEnds(protocol: u8, type: u8, identifier: u16): u32 {
  const question = questionOf(protocol, type);
  if (question == 0) return u32(type) << 16 | type;
  return question == type ? u32(identifier) << 16 | question : u32(question) << 16 | identifier;
}

/** The type of the question that a message asks or answers; 0 where it is neither. */
export function questionOf(protocol: u8, type: u8): u8 {
  if (protocol == PROTOCOL_6) {
    if (type == 128 || type == 129) return 128;
    return type == 160 || type == 161 ? 160 : 0;
  }
  if (type == 0) return 8;
  // Echo, timestamp, information, address mask, extended echo
  if (type == 8 || type == 13 || type == 15 || type == 17 || type == 42) return type;
  return type == 14 || type == 16 || type == 18 || type == 43 ? type - 1 : 0;
}

/** Type of a checked message. */
export function type(at: usize): u8 {
  return load<u8>(at);
}

/** Code of a checked message. */
export function code(at: usize): u8 {
  return load<u8>(at + 1);
}

/** The identifier of a checked question or answer. */
export function identifier(at: usize): u16 {
  return u16be(at + IDENTIFIER);
}

/** Whether a checked message is an error, and so quotes the packet that it answers. */
export function quotes(packet: Packet): bool {
  return isErrorType(packet.protocol, load<u8>(packet.transport));
}

/** Whether messages of a type are errors. */
export function isErrorType(protocol: u8, type: u8): bool {
  if (protocol == PROTOCOL_6) return type >= 1 && type <= 4;
  return type == 3 || type == 4 || type == 5 || type == 11 || type == 12;
}

/** Whether a checked message says that its destination is unreachable. */
export function isUnreachable(packet: Packet): bool {
  return load<u8>(packet.transport) == (packet.protocol == PROTOCOL_6 ? 1 : 3);
}

/** Whether an unreachable message asks for smaller packets; ICMPv6 has a type of its own for it. */
export function wantsSmallerPackets(packet: Packet): bool {
  return packet.protocol == PROTOCOL && load<u8>(packet.transport + 1) == 4;
}

/**
 * Reads the packet that an error quotes, as far as is needed to name its flow: addresses, protocol
 * and, where there are any, ports, or what stands for them. A quotation may end after four octets of
 * the transport header, of ICMP after six, and the lengths in it are not believed. One of a later
 * fragment has no ports.
 */
export function quotation(packet: Packet, into: Packet): i32 {
  const at = packet.transport + HEADER;
  const end = packet.end;
  if (at >= end) return SHORT;
  if (load<u8>(at) >> 4 != packet.version) return BAD;
  const status = packet.version == 4 ? quotedIpv4(at, end, into) : quotedIpv6(at, end, into);
  if (status != OK) return status;
  into.sourcePort = 0;
  into.destinationPort = 0;
  if (into.fragment == LATER) return OK;
  if (hasPorts(into.protocol)) {
    if (into.transport + 4 > into.end) return SHORT;
    into.sourcePort = u16be(into.transport);
    into.destinationPort = u16be(into.transport + 2);
  } else if (into.protocol == (into.version == 4 ? PROTOCOL : PROTOCOL_6)) {
    if (into.transport + IDENTIFIER + 2 > into.end) return SHORT;
    setEnds(into);
  }
  return OK;
}
