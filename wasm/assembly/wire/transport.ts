import { LATER, OK, Packet } from "../packet.ts";
import * as dccp from "./dccp.ts";
import * as icmp from "./icmp.ts";
import * as sctp from "./sctp.ts";
import * as tcp from "./tcp.ts";
import * as udp from "./udp.ts";
import * as udplite from "./udplite.ts";

/**
 * Checks the header that a packet's transport begins with, where it is of a protocol that is known here, and
 * sets ports and flags. A later fragment has none.
 */
export function transport(packet: Packet): i32 {
  packet.sourcePort = 0;
  packet.destinationPort = 0;
  packet.flags = 0;
  if (packet.fragment == LATER) return OK;
  const protocol = packet.protocol;
  if (protocol == tcp.PROTOCOL) return tcp.tcp(packet);
  if (protocol == udp.PROTOCOL) return udp.udp(packet);
  if (isIcmp(packet)) return icmp.icmp(packet);
  if (protocol == sctp.PROTOCOL) return sctp.sctp(packet);
  if (protocol == dccp.PROTOCOL) return dccp.dccp(packet);
  return protocol == udplite.PROTOCOL ? udplite.udplite(packet) : OK;
}

/** Whether a packet is ICMP of its own IP version. */
export function isIcmp(packet: Packet): bool {
  return packet.protocol == (packet.version == 4 ? icmp.PROTOCOL : icmp.PROTOCOL_6);
}
