import { Flow } from "../flow/flow.ts";
import {
  destination,
  destinationPort,
  integer,
  protocol,
  source,
  sourcePort,
  time,
} from "../output/field.ts";

// All of it is kept for every flow by flow/lifecycle.ts: the chain only names it.

export const NAME = "basic";
export const SUMMARY = "Addresses, ports, times and counts";

export function declare(): void {
  source(
    "sip",
    "source address: the sender of the first packet, or the receiver of one that is a SYN-ACK",
  );
  destination("dip", "destination address");
  protocol("proto", offsetof<Flow>("protocol"), "protocol number of the transport (6 TCP, 17 UDP)");
  sourcePort("sp", "source port, null where the protocol has none");
  destinationPort("dp", "destination port, null where the protocol has none");
  time("pkt_first", offsetof<Flow>("first"), "time of the earliest packet, seconds since 1970");
  time("pkt_last", offsetof<Flow>("last"), "time of the latest packet, seconds since 1970");
  integer("pkt_fwd", offsetof<Flow>("packetsForward"), 8, "packets forward");
  integer("pkt_rev", offsetof<Flow>("packetsReverse"), 8, "packets in reverse");
  integer("oct_fwd", offsetof<Flow>("octetsForward"), 8, "octets of the IP packets forward");
  integer("oct_rev", offsetof<Flow>("octetsReverse"), 8, "octets of the IP packets in reverse");
}
