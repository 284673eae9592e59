import { flagOf } from "../output/field.ts";
import { Packet } from "../packet.ts";
import { isUnreachable, wantsSmallerPackets } from "../wire/icmp.ts";

export const NAME = "icmp";
export const SUMMARY = "ICMP errors about the flow (RFC 792, RFC 4443)";
/** Kept a flow: one octet of bits. */
export const SIZE: usize = 1;
const REVERSE: u8 = 1;
const FORWARD: u8 = 2;

export function declare(): void {
  flagOf(
    "icmp_unreachable",
    0,
    REVERSE,
    "an unreachable message (ICMP type 3, ICMPv6 type 1) came in reverse",
  );
  flagOf(
    "icmp_unreachable_fwd",
    0,
    FORWARD,
    "an unreachable message went forward: the sender's own host refused what came in reverse",
  );
}

/**
 * Sees an ICMP error that quotes a packet of the flow. Completes the flow when nothing more is to
 * be expected: a request for smaller packets (RFC 1191, section 4) is an unreachable message by its
 * type, and yet the flow goes on.
 */
export function update(at: usize, packet: Packet, reverse: bool): bool {
  if (!isUnreachable(packet)) return false;
  store<u8>(at, load<u8>(at) | (reverse ? REVERSE : FORWARD));
  return reverse && !wantsSmallerPackets(packet);
}
