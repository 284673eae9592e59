import { Packet } from "../../packet.ts";
import * as udp from "../udp.ts";
import { geneve } from "./geneve.ts";
import { gre } from "./gre.ts";
import { gtpU } from "./gtp_u.ts";
import { ipInIp } from "./ip_in_ip.ts";
import { l2tp } from "./l2tp.ts";
import { l2tp3 } from "./l2tp_3.ts";
import { NONE, ON, setWireEnd } from "./step.ts";
import { vxlan, vxlanGpe } from "./vxlan.ts";
import { walk } from "./walk.ts";

/**
 * Enters the tunnel that a checked packet, no fragment, is of: OK and `network`, NONE where it is none,
 * or why there is no IP packet in it.
 */
export function enter(packet: Packet): i32 {
  setWireEnd(packet.ip + packet.octets);
  const status = packet.protocol == udp.PROTOCOL ? byPort(packet) : byProtocol(packet);
  return status == ON ? walk(packet.end) : status;
}

/** The registry of tunnels by IP protocol. */
function byProtocol(packet: Packet): i32 {
  switch (packet.protocol) {
    case 4:
    case 41:
      return ipInIp(packet);
    case 47:
      return gre(packet);
    case 115:
      return l2tp3(packet);
  }
  return NONE;
}

/**
 * The registry of tunnels by UDP port. Other datagrams may go there too: what is not wholly as the
 * header of its tunnel has to be, is one of those.
 */
function byPort(packet: Packet): i32 {
  switch (packet.destinationPort) {
    case 1701:
      return l2tp(packet);
    case 2152:
      return gtpU(packet);
    case 4789:
      return vxlan(packet);
    case 4790:
      return vxlanGpe(packet);
    case 6081:
      return geneve(packet);
  }
  return NONE;
}
