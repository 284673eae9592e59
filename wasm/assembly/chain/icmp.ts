import { Flow, UNREACHABLE_FORWARD, UNREACHABLE_REVERSE } from "../flow/flow.ts";
import { flagOf, liesInFlow } from "../output/field.ts";
import { Packet } from "../packet.ts";
import { isUnreachable, wantsSmallerPackets } from "../wire/icmp.ts";

export const NAME = "icmp";
export const SUMMARY = "ICMP errors about the flow (RFC 792, RFC 4443)";
export const ENDS = "an unreachable message in reverse that asks for no smaller packets";
/** What it keeps stands in the flow itself, beside the other ends, where two bits are free. */
export const SIZE: usize = 0;

export function declare(): void {
  const ends = offsetof<Flow>("ends");
  liesInFlow();
  flagOf(
    "icmp_unreachable",
    ends,
    UNREACHABLE_REVERSE,
    "an unreachable message (ICMP type 3, ICMPv6 type 1) came in reverse",
  );
  flagOf(
    "icmp_unreachable_fwd",
    ends,
    UNREACHABLE_FORWARD,
    "an unreachable message went forward: the sender's own host refused what came in reverse",
  );
}

/**
 * Sees an ICMP error that quotes a packet of the flow. Whether nothing more is to be expected:
 * a request for smaller packets (RFC 1191, section 4) is an unreachable message by its
 * type, and yet the flow goes on.
 */
export function update(flow: Flow, packet: Packet, reverse: bool): bool {
  if (!isUnreachable(packet)) return false;
  flow.ends |= reverse ? UNREACHABLE_REVERSE : UNREACHABLE_FORWARD;
  return reverse && !wantsSmallerPackets(packet);
}
