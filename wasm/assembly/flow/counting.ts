import { describe, isOn } from "../describe.ts";
import { Packet } from "../packet.ts";
import * as tcp from "../wire/tcp.ts";
import { EXPECTED, Flow } from "./flow.ts";
import { isEmpty } from "./parts.ts";

/** Counts a packet to a flow, with its time, and describes it where that is asked for. */
export function tally(flow: Flow, packet: Packet, reverse: bool, marks: u8 = 0): void {
  if (isOn()) describe(flow, packet, reverse, marks);
  // Packet time may fall back
  if (isEmpty(flow)) {
    flow.first = packet.time;
    flow.last = packet.time;
  } else if (packet.time < flow.first) flow.first = packet.time;
  else if (packet.time > flow.last) flow.last = packet.time;
  if (reverse) {
    flow.packetsReverse++;
    flow.octetsReverse += packet.octets;
  } else {
    flow.packetsForward++;
    flow.octetsForward += packet.octets;
  }
}

/** Notes which connection the flow is, by its first SYN. */
export function noteSyn(flow: Flow, packet: Packet, reverse: bool): void {
  if (flow.initialSequence != 0 || (packet.flags & (tcp.SYN | tcp.ACK)) != tcp.SYN) return;
  // Of an expected flow it is the one of our side that tells connections apart
  if (reverse && (flow.marks & EXPECTED) != 0) return;
  flow.initialSequence = tcp.sequence(packet.transport);
}
