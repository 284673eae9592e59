import { Flow } from "../flow/flow.ts";
import {
  destination,
  destinationPort,
  integer64,
  protocol,
  source,
  sourcePort,
  time,
} from "../output/field.ts";

// All of it is kept for every flow by flow/lifecycle.ts: the chain only names it.

export const NAME = "basic";
export const SUMMARY = "Addresses, ports, times and counts";
export const SIZE: usize = 0;

export function declare(): void {
  source("sip", "source address: the sender of the first packet");
  destination("dip", "destination address");
  protocol("proto", "protocol number of the transport (6 TCP, 17 UDP)");
  sourcePort("sp", "source port, null where the protocol has none");
  destinationPort("dp", "destination port, null where the protocol has none");
  time("pkt_first", offsetof<Flow>("first"), "time of the first packet, seconds since 1970");
  time("pkt_last", offsetof<Flow>("last"), "time of the last packet, seconds since 1970");
  integer64("pkt_fwd", offsetof<Flow>("packetsForward"), "packets forward");
  integer64("pkt_rev", offsetof<Flow>("packetsReverse"), "packets in reverse");
  integer64("oct_fwd", offsetof<Flow>("octetsForward"), "octets of the IP packets forward");
  integer64("oct_rev", offsetof<Flow>("octetsReverse"), "octets of the IP packets in reverse");
}
