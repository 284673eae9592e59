// RFC 2003 and RFC 4213, section 3; in IPv6 RFC 2473
import { Packet } from "../../packet.ts";
import { FOUR_IN_SIX, IP_IN_IP, SIX_IN_FOUR, SIX_IN_SIX } from "./kinds.ts";
import { noteTunnel } from "./layers.ts";
import { ETHERTYPE_IPV4, ETHERTYPE_IPV6, goOn, TOO_DEEP } from "./step.ts";

const IPV4: u8 = 4;

/** A packet whose transport is IP. */
export function ipInIp(packet: Packet): i32 {
  const isFour = packet.protocol == IPV4;
  const kind = packet.version == 4
    ? isFour ? IP_IN_IP : SIX_IN_FOUR
    : isFour
    ? FOUR_IN_SIX
    : SIX_IN_SIX;
  if (!noteTunnel(kind, 0, packet)) return TOO_DEEP;
  return goOn(isFour ? ETHERTYPE_IPV4 : ETHERTYPE_IPV6, packet.transport);
}
