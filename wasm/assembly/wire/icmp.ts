// RFC 792, RFC 4443
import { BAD, LATER, OK, Packet, SHORT } from "../packet.ts";
import { u16be } from "./bytes.ts";
import { quotedIpv4 } from "./ipv4.ts";
import { quotedIpv6 } from "./ipv6.ts";
import { hasPorts } from "./ports.ts";

export const PROTOCOL: u8 = 1;
export const PROTOCOL_6: u8 = 58;

const HEADER: usize = 8;

/** Checks the header once. */
export function icmp(packet: Packet): i32 {
  const at = packet.transport;
  if (at + HEADER > packet.ip + packet.octets) return BAD;
  return at + HEADER > packet.end ? SHORT : OK;
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
 * and, where there are any, ports. A quotation may end after four octets of the transport header, and
 * the lengths in it are not believed. One of a later fragment has no ports.
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
  }
  return OK;
}
