import * as chains from "../../build/chain_registry.ts";
import { Packet } from "../packet.ts";
import * as tcp from "../wire/tcp.ts";
import { noteSyn, tally } from "./counting.ts";
import { ESTABLISHED, EXPECTED, Flow, FORWARD_IS_LOW, HOLDING } from "./flow.ts";
import {
  canHold,
  firstOf,
  flowOfOldest,
  Held,
  holdAside,
  isHeldFull,
  nextOf,
  takeOut,
} from "./held.ts";
import { key } from "./key.ts";

// The ports of an established connection may be used again without a sign of its end: a host was
// switched off, a translator of addresses has forgotten it, a capture has lost its FIN. A SYN with
// another initial sequence number does not say so. Anybody can send one, and the old connection goes
// on: the other side answers with an acknowledgment of what it has (RFC 5961, section 4). Only a
// SYN-ACK that acknowledges this SYN says that another connection has begun (RFC 9293, section 3.5).
// So handshakes that are not the connection's are held aside until the next packet with its ports, and
// count to it unless that packet completes the pair. The two may have come in any order.

/** Segments that are held of one flow: as often as a SYN is usually sent, and some forged ones. */
const MOST_OF_FLOW: i32 = 8;

/** The sequence numbers with which the two sides of another connection begin. */
let beginOfLow: u32 = 0;
let beginOfHigh: u32 = 0;

/** Whether a packet of a flow that is established may be of another connection's handshake. */
export function isOfOtherHandshake(flow: Flow, packet: Packet): bool {
  if ((packet.flags & (tcp.SYN | tcp.FIN | tcp.RST)) != tcp.SYN) return false;
  if (flow.state != ESTABLISHED && flow.state != HOLDING) return false;
  if ((flow.marks & EXPECTED) != 0 || !canHold(packet)) return false;
  if (tcp.sequence(packet.transport) == flow.initialSequence) return false;
  return (packet.flags & tcp.ACK) == 0 ||
    tcp.acknowledgment(packet.transport) != flow.initialSequence + 1;
}

/**
 * Whether a segment, whose key is at hand, and one that is held are a SYN and its SYN-ACK, of another
 * connection than the flow's. If so, segments of that one are known from now on (see `isOfNext`).
 */
export function completesPair(at: usize, packet: Packet): bool {
  for (let i = firstOf(at); i != 0; i = nextOf(i)) {
    const held = changetype<Held>(i);
    if (held.sourceIsLow == key.sourceIsLow) continue;
    if (!acknowledges(packet, held) && !acknowledges(held, packet)) continue;
    const own = tcp.sequence(packet.transport);
    const others = tcp.sequence(held.transport);
    beginOfLow = key.sourceIsLow ? own : others;
    beginOfHigh = key.sourceIsLow ? others : own;
    return true;
  }
  return false;
}

/** Whether one segment is the SYN-ACK to another: it may acknowledge octets that came with the SYN (RFC 7413, section 4.2.2). */
function acknowledges(answer: Packet, syn: Packet): bool {
  if ((answer.flags & tcp.ACK) == 0 || (syn.flags & tcp.ACK) != 0) return false;
  const beyond = tcp.acknowledgment(answer.transport) - tcp.sequence(syn.transport) - 1;
  return beyond <= u32(tcp.payloadLength(syn));
}

/** Whether one that is held is of the connection whose pair was found: one that was sent again, or a SYN of either side. */
function isOfNext(held: Held): bool {
  return tcp.sequence(held.transport) == (held.sourceIsLow ? beginOfLow : beginOfHigh);
}

/** Holds a packet of a flow aside, whose key is at hand. Where there is no room, the oldest one counts to its flow. */
export function hold(at: usize, packet: Packet): void {
  while (isHeldFull()) countHeld(flowOfOldest());
  let count = 0;
  for (let i = firstOf(at); i != 0; i = nextOf(i)) count++;
  if (count == MOST_OF_FLOW) countOne(at, firstOf(at));
  holdAside(at, packet, key.sourceIsLow);
  const flow = changetype<Flow>(at);
  flow.completed = flow.state == HOLDING ? max(flow.completed, packet.time) : packet.time;
  flow.state = HOLDING;
}

/** Counts what is held of a flow to it. */
export function countHeld(at: usize): void {
  changetype<Flow>(at).state = ESTABLISHED;
  for (let held = firstOf(at); held != 0; held = firstOf(at)) countOne(at, held);
}

/** Counts what is held of a flow to it, but for what is of the connection whose pair was found. */
export function countAllButNext(at: usize): void {
  changetype<Flow>(at).state = ESTABLISHED;
  for (let held = firstOf(at); held != 0;) {
    const next = nextOf(held);
    if (!isOfNext(changetype<Held>(held))) countOne(at, held);
    held = next;
  }
}

/** Forgets what is held of a flow; how many packets that were. */
export function dropHeld(at: usize): u32 {
  let dropped: u32 = 0;
  for (let held = firstOf(at); held != 0; held = firstOf(at)) {
    takeOut(held);
    dropped++;
  }
  return dropped;
}

function countOne(at: usize, place: usize): void {
  const flow = changetype<Flow>(at);
  const held = changetype<Held>(place);
  const reverse = held.sourceIsLow != ((flow.marks & FORWARD_IS_LOW) != 0);
  tally(flow, held, reverse);
  chains.update(at, held, reverse);
  noteSyn(flow, held, reverse);
  takeOut(place);
}
