import * as chains from "../../build/chain_registry.ts";
import { hold, isOn, QUOTING } from "../describe.ts";
import { FIRST, LATER, Packet } from "../packet.ts";
import { stats } from "../stats.ts";
import * as tcp from "../wire/tcp.ts";
import { noteSyn, tally } from "./counting.ts";
import { evict } from "./eviction.ts";
import {
  ACTIVE,
  ANSWER_ENDS,
  COMPLETE,
  DONE,
  ESTABLISHED,
  EXPECTED,
  FIN_FORWARD,
  FIN_REVERSE,
  Flow,
  FORWARD_IS_LOW,
  HOLDING,
  IGNORED,
  isActive,
  RELEASED,
  RST_FORWARD,
  RST_REVERSE,
} from "./flow.ts";
import { hasEarly, keepEarly, takeEarly } from "./early.ts";
import { joinLater, noteFirst } from "./fragments.ts";
import { firstOf, Held, takeOut } from "./held.ts";
import { find, hasRoom, insert } from "./index.ts";
import { key, keyOf, setKey } from "./key.ts";
import { END_OF_FLOW, FORCED_END, IDLE_TIMEOUT } from "./parts.ts";
import { flowSize, isFull, release as giveBack, take } from "./pool.ts";
import { done, lingering, push, ready, withdraw } from "./queue.ts";
import * as reuse from "./reuse.ts";
import { follow, isBeforeBegin, isOfEarlier, isOfLater, quotesEarlier } from "./successor.ts";
import { arrive, complete, deadline, end, isOfNextPart, nextPart, start } from "./timers.ts";

let onlyExpected: bool = false;

/** A fragment that had come before its first one. */
const early = changetype<Packet>(memory.data(48, 16));
/** Whether descriptors may lead to what was kept of such fragments. */
let areLent: bool = false;

/** Whether flows that nobody expects are passed over. */
export function setExpectedOnly(only: bool): void {
  onlyExpected = only;
}

/** Counts a packet, whose key is at hand, to its flow, beginning one where there is none. */
export function count(packet: Packet): void {
  arrive(packet.time);
  let at = find();
  if (isOn() && at != 0 && mayReopen(at, packet) && hold()) return;
  // Those that waited for it want room in the list
  if (isOn() && packet.fragment == FIRST && hasEarly() && hold()) return;
  if (at != 0 && isOver(at, packet)) {
    end(at, IDLE_TIMEOUT);
    at = 0;
  } else if (at != 0) {
    const isOther = (packet.flags & tcp.SYN) != 0 &&
      reuse.isOfOtherHandshake(changetype<Flow>(at), packet);
    if (!isOther) decideAgainst(at);
    if (isOfNextPart(at, packet.time)) {
      if (isOn() && hold()) return;
      at = nextPart(at);
    }
    if (isOther) {
      if (!reuse.completesPair(at, packet)) return reuse.hold(at, packet);
      at = succeed(at);
      if (at == 0) {
        stats.notStored++;
        return;
      }
    }
  }
  if (at == 0) {
    if (onlyExpected) {
      stats.unexpected++;
      return;
    }
    // Which flow has to go for it, answers may change
    if (isOn() && isFull() && hold()) return;
    at = begin(0, tcp.answersSyn(packet));
    if (at == 0) {
      stats.notStored++;
      return;
    }
    start(at, packet.time);
  }
  countTo(at, packet);
  if (packet.fragment == FIRST) {
    noteFirst(packet);
    countEarly(at, packet);
  }
}

/** What is held aside of a flow is its own: another packet with its ports came next. */
function decideAgainst(at: usize): void {
  if (changetype<Flow>(at).state == HOLDING) reuse.countHeld(at);
}

/**
 * Ends a flow whose ports another connection has, as the packet at hand and one that is held say, and begins
 * that one's with what is held of it. The other flow; 0 when there is no room for it.
 */
function succeed(at: usize): usize {
  reuse.countAllButNext(at);
  end(at, END_OF_FLOW);
  const sourceIsLow = key.sourceIsLow;
  let next: usize = 0;
  for (let i = firstOf(at); i != 0; i = firstOf(at)) {
    const held = changetype<Held>(i);
    key.sourceIsLow = held.sourceIsLow;
    if (next == 0) {
      next = begin(0, tcp.answersSyn(held));
      if (next != 0) start(next, held.time);
    }
    if (next == 0) stats.notStored++;
    else countTo(next, held);
    takeOut(i);
  }
  key.sourceIsLow = sourceIsLow;
  return next;
}

/** Counts later fragments that came before their first one, which was counted to a flow. */
function countEarly(at: usize, packet: Packet): void {
  while (takeEarly(packet, early)) {
    areLent = true;
    if (countTo(at, early)) stats.fragmentsJoined++;
  }
}

/** Counts a later fragment to the flow of its first one. Where that was not seen it may be still to come. */
export function countLater(packet: Packet): void {
  arrive(packet.time);
  if (joinLater(packet)) {
    keyOf(packet);
    let at = find();
    if (at != 0 && !isOver(at, packet)) {
      // An answer may ignore the flow, and so its fragments
      if (isOn() && hold()) return;
      decideAgainst(at);
      if (isOfNextPart(at, packet.time)) at = nextPart(at);
      if (countTo(at, packet)) stats.fragmentsJoined++;
      return;
    }
    stats.fragmentsOrphaned++;
    return;
  }
  // What is kept in place of one that was described is not to be read as if it were that one
  if (isOn() && areLent && hold()) return;
  areLent = false;
  keepEarly(packet);
}

/** Counts an ICMP error to the flow whose packet it quotes; false when there is no such flow. The key at hand is another one then. */
export function countQuoting(packet: Packet, quoted: Packet): bool {
  arrive(packet.time);
  let at = findQuoted(packet, quoted);
  if (at == 0 || isOver(at, packet)) return false;
  if (isOn() && changetype<Flow>(at).state == HOLDING && hold()) return true;
  decideAgainst(at);
  if (isOfNextPart(at, packet.time)) {
    if (isOn() && hold()) return true;
    at = nextPart(at);
  }
  const flow = changetype<Flow>(at);
  if (flow.state >= RELEASED) {
    swallow(flow, packet);
    return true;
  }
  // An error travels against the packet that it quotes
  const reverse = !isReverse(flow);
  if (isBeforeBegin(flow, packet) || quotesEarlier(flow, quoted, reverse)) {
    stats.late++;
    return true;
  }
  tally(flow, packet, reverse, QUOTING);
  if (chains.updateQuoting(at, packet, reverse)) settle(at, packet.time);
  return true;
}

/**
 * The flow of a quoted packet. Behind a translator of addresses the quotation may still have those
 * of the other side: its source is then the host that the error was sent to, or its destination
 * the host that sent it. A flow is identified by the ports and the other address; ports that were
 * translated too leave nothing to know it by.
 */
function findQuoted(packet: Packet, quoted: Packet): usize {
  const at = findAs(packet, quoted);
  if (at != 0) return at;
  const source = quoted.source;
  quoted.source = packet.destination;
  const inside = findAs(packet, quoted);
  if (inside != 0) return inside;
  quoted.source = source;
  quoted.destination = packet.source;
  return findAs(packet, quoted);
}

function findAs(packet: Packet, quoted: Packet): usize {
  if (quoted.fragment == LATER) {
    quoted.time = packet.time;
    if (!joinLater(quoted)) return 0;
  }
  keyOf(quoted);
  return find();
}

/**
 * Puts a flow into the table that the program will ask for. Addresses, ports and direction are
 * `packet`'s, and its time is when the connection began.
 *
 * @param again whether there was one before, which may have left the table by now
 */
export function expect(packet: Packet, one: bool, again: bool): usize {
  const at = put(packet, one, again);
  if (at != 0) changetype<Flow>(at).first = packet.time;
  return at;
}

function put(packet: Packet, one: bool, again: bool): usize {
  keyOf(packet);
  const old = find();
  if (old == 0) {
    const at = begin(one ? EXPECTED | ANSWER_ENDS : EXPECTED);
    if (at != 0 && again && !one) follow(at, RELEASED, 0);
    return at;
  }
  const earlier = changetype<Flow>(old);
  if (earlier.marks & EXPECTED) return 0;
  const state = earlier.state;
  const initialSequence = earlier.initialSequence;
  end(old, FORCED_END);
  const at = begin(one ? EXPECTED | ANSWER_ENDS : EXPECTED);
  // A single packet has any sequence number that its forger chose
  if (at != 0 && !one) follow(at, state, initialSequence);
  return at;
}

/**
 * Puts a flow with the key at hand into the table.
 *
 * @param answers whether the packet at hand goes against it: where a capture begins in the middle of a
 *   handshake, a SYN-ACK says that its receiver began the connection
 */
function begin(marks: u8, answers: bool = false): usize {
  if (isFull() && !evict()) return 0;
  const at = hasRoom() ? take() : 0;
  if (at == 0) return 0;
  setKey(at);
  const flow = changetype<Flow>(at);
  flow.state = ACTIVE;
  flow.marks = marks | (key.sourceIsLow != answers ? FORWARD_IS_LOW : 0);
  insert(at, key.hash);
  stats.flows++;
  return at;
}

/** Takes a flow off the record: its packets so far, and those to come, are counted as ignored. */
export function ignore(at: usize): void {
  const flow = changetype<Flow>(at);
  stats.flows--;
  stats.ignored += flow.packetsForward + flow.packetsReverse + reuse.dropHeld(at);
  flow.packetsForward = 0;
  flow.packetsReverse = 0;
  if (flow.state == DONE) {
    withdraw(done, at);
    giveBack(at);
    return;
  }
  if (flow.marks & EXPECTED) {
    // Who waits for it need not wait any longer, and sees nothing of it
    if (isActive(flow)) push(ready, at);
    chains.release(at);
    const kept = offsetof<Flow>("first");
    memory.fill(at + kept, 0, flowSize() - kept);
  } else if (flow.state == COMPLETE) {
    withdraw(lingering, at);
    start(at, flow.last);
  }
  flow.state = IGNORED;
}

/** Counts a packet of a flow that is released or ignored. An ignored one stays as long as it has packets. */
function swallow(flow: Flow, packet: Packet): void {
  if (flow.state == RELEASED) {
    stats.late++;
    return;
  }
  stats.ignored++;
  if (packet.time > flow.last) flow.last = packet.time;
}

/** Counts a packet to a flow; false when its record was taken or is not wanted, or when it is of an earlier one. */
function countTo(at: usize, packet: Packet): bool {
  const flow = changetype<Flow>(at);
  if (flow.state >= RELEASED) {
    swallow(flow, packet);
    return false;
  }
  const reverse = isReverse(flow);
  if (
    isBeforeBegin(flow, packet) || isOfEarlier(flow, packet, reverse) ||
    isOfLater(flow, packet, reverse)
  ) {
    stats.late++;
    return false;
  }
  tally(flow, packet, reverse);
  if (chains.update(at, packet, reverse)) settle(at, packet.time);
  let over = reverse && (flow.marks & ANSWER_ENDS) != 0;
  if (packet.protocol == tcp.PROTOCOL && packet.transport != 0) {
    if (endsOf(flow, packet, reverse)) over = true;
  }
  if (over) complete(at, packet.time);
  return true;
}

/**
 * A chain has what it waits for, and so has the measurement that waits for the flow. In a capture the flow
 * goes on: its record does not hang on which chains are on.
 */
export function settle(at: usize, time: u64): void {
  if (changetype<Flow>(at).marks & EXPECTED) complete(at, time);
}

/** Whether what has the key at hand goes against the flow. */
function isReverse(flow: Flow): bool {
  return key.sourceIsLow != ((flow.marks & FORWARD_IS_LOW) != 0);
}

/** Notes SYN, FIN and RST, and that the connection is established; whether there was a RST or a FIN both ways. */
function endsOf(flow: Flow, packet: Packet, reverse: bool): bool {
  const flags = packet.flags;
  // A host that does not know of a connection yet sends SYN and RST (RFC 9293, section 3.10.7), so that
  // this is seen too where the capture began behind the handshake
  if (flow.state == ACTIVE && (flags & (tcp.SYN | tcp.RST | tcp.ACK)) == tcp.ACK) {
    flow.state = ESTABLISHED;
  }
  noteSyn(flow, packet, reverse);
  if ((flags & (tcp.FIN | tcp.RST)) == 0) return false;
  if (flags & tcp.FIN) flow.ends |= reverse ? FIN_REVERSE : FIN_FORWARD;
  if (flags & tcp.RST) flow.ends |= reverse ? RST_REVERSE : RST_FORWARD;
  const both: u8 = FIN_FORWARD | FIN_REVERSE;
  return (flow.ends & both) == both || (flow.ends & (RST_FORWARD | RST_REVERSE)) != 0;
}

/** Whether a packet comes too late for a flow in the table, or opens the next one on its ports. */
function isOver(at: usize, packet: Packet): bool {
  const flow = changetype<Flow>(at);
  if (flow.marks & EXPECTED) return false;
  if (packet.time > deadline(flow)) return true;
  return flow.state == COMPLETE && isAnotherSyn(flow, packet);
}

/**
 * Whether a packet would open the next flow on its ports if this one were complete, ends its silence if it
 * were ignored, or says what becomes of others that are held aside, or would be itself.
 */
function mayReopen(at: usize, packet: Packet): bool {
  const flow = changetype<Flow>(at);
  if (flow.state > COMPLETE || (flow.marks & EXPECTED) != 0) return false;
  return flow.state == HOLDING || isAnotherSyn(flow, packet) ||
    reuse.isOfOtherHandshake(flow, packet);
}

/** Whether a packet is a SYN of another connection than the one that began this flow. */
function isAnotherSyn(flow: Flow, packet: Packet): bool {
  return packet.protocol == tcp.PROTOCOL &&
    (packet.flags & (tcp.SYN | tcp.ACK)) == tcp.SYN && packet.transport != 0 &&
    tcp.sequence(packet.transport) != flow.initialSequence;
}
