import { flagOf } from "../output/field.ts";
import { Packet } from "../packet.ts";
import { isUnreachable, wantsSmallerPackets } from "../wire/icmp.ts";

export const NAME = "icmp";
export const SUMMARY = "ICMP errors about the flow (RFC 792, RFC 4443)";
/** Kept a flow: one boolean. */
export const SIZE: usize = 1;

export function declare(): void {
  flagOf(
    "icmp_unreachable",
    0,
    1,
    "an unreachable message (ICMP type 3, ICMPv6 type 1) came in reverse",
  );
}

/**
 * Sees an ICMP error that quotes a packet of the flow. Completes the flow when nothing more is to
 * be expected: a request for smaller packets (RFC 1191, section 4) is an unreachable message by its
 * type, and yet the flow goes on.
 */
export function updateQuoting(at: usize, packet: Packet, reverse: bool): bool {
  if (!reverse || !isUnreachable(packet)) return false;
  store<u8>(at, 1);
  return !wantsSmallerPackets(packet);
}
