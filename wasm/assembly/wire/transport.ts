import { OK, Packet } from "../packet.ts";
import * as icmp from "./icmp.ts";
import * as tcp from "./tcp.ts";
import * as udp from "./udp.ts";

/** Checks the header that a packet's transport begins with, where it is of a protocol that is known here. */
export function transport(packet: Packet): i32 {
  const protocol = packet.protocol;
  if (protocol == tcp.PROTOCOL) return tcp.tcp(packet);
  if (protocol == udp.PROTOCOL) return udp.udp(packet);
  return isIcmp(packet) ? icmp.icmp(packet) : OK;
}

/** Whether a packet is ICMP of its own IP version. */
export function isIcmp(packet: Packet): bool {
  return packet.protocol == (packet.version == 4 ? icmp.PROTOCOL : icmp.PROTOCOL_6);
}
