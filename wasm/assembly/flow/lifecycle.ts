import * as chains from "../chain/registry.ts";
import { describe, hold, isOn, QUOTING, setShortest } from "../describe.ts";
import { Packet } from "../packet.ts";
import { stats } from "../stats.ts";
import * as tcp from "../wire/tcp.ts";
import {
  ACTIVE,
  COMPLETE,
  DONE,
  EXPECTED,
  FIN_FORWARD,
  FIN_REVERSE,
  Flow,
  FORWARD_IS_LOW,
  IGNORED,
  RELEASED,
  RST_FORWARD,
  RST_REVERSE,
} from "./flow.ts";
import { find, hasRoom, insert, remove } from "./index.ts";
import { key, keyOf } from "./key.ts";
import { release as giveBack, take } from "./pool.ts";
import { done, push, ready, withdraw } from "./queue.ts";
import { anySlot, nextDue, nextTick, rewind, schedule, setLongest, unschedule } from "./wheel.ts";

let idle: u64 = 0;
let linger: u64 = 0;
let longest: u64 = 0;
let onlyExpected: bool = false;
/** Packet time: the latest that was seen, but see `arrive`. */
let clock: u64 = 0;

/** Sets the timeouts (nanoseconds) and whether flows that nobody expects are passed over. */
export function setTimeouts(idleTime: u64, lingerTime: u64, expectedOnly: bool): void {
  idle = idleTime;
  linger = lingerTime;
  onlyExpected = expectedOnly;
  longest = max(idleTime, lingerTime);
  setLongest(longest);
  setShortest(min(idleTime, lingerTime));
}

/**
 * Moves packet time to that of a packet. A clock that was set back, or one stamp from the future
 * before, must not stop the timers: time that falls back by more than any of them is the new time.
 */
function arrive(time: u64): void {
  if (time + longest < clock) {
    clock = time;
    rewind(time);
  }
  advance(time);
}

/** Packet time, nanoseconds since 1970. */
export function now(): u64 {
  return clock;
}

/** Moves packet time on and ends what has been idle or complete for long enough. */
export function advance(to: u64): void {
  if (to > clock) clock = to;
  if (clock < nextTick()) return;
  for (let flow = nextDue(clock); flow != 0; flow = nextDue(clock)) {
    while (flow != 0) {
      const next = changetype<Flow>(flow).next;
      const due = deadline(changetype<Flow>(flow));
      if (due >= clock) schedule(flow, due);
      else leave(flow);
      flow = next;
    }
  }
}

/** Ends everything that no program waits for. */
export function flush(): void {
  for (let flow = anySlot(); flow != 0; flow = anySlot()) {
    while (flow != 0) {
      const next = changetype<Flow>(flow).next;
      leave(flow);
      flow = next;
    }
  }
}

/** Counts a packet to its flow, beginning one where there is none. */
export function count(packet: Packet): void {
  arrive(packet.time);
  keyOf(packet);
  let at = find();
  if (isOn() && at != 0 && mayReopen(at, packet) && hold()) return;
  if (at != 0 && isOver(at, packet)) {
    end(at);
    at = 0;
  }
  if (at == 0) {
    if (onlyExpected) {
      stats.unexpected++;
      return;
    }
    at = begin(key.sourceIsLow, 0);
    if (at == 0) {
      stats.notStored++;
      return;
    }
    schedule(at, packet.time + idle);
  }
  const flow = changetype<Flow>(at);
  if (flow.state >= RELEASED) {
    swallow(flow, packet);
    return;
  }
  const reverse = key.sourceIsLow != ((flow.marks & FORWARD_IS_LOW) != 0);
  tally(flow, packet, reverse);
  let over = chains.update(at, packet, reverse);
  if (packet.protocol == tcp.PROTOCOL && packet.transport != 0) {
    if (endsOf(flow, packet, reverse)) over = true;
  }
  if (over) complete(flow, packet.time);
}

/** Counts an ICMP error to the flow whose packet it quotes; false when there is no such flow. */
export function countQuoting(packet: Packet, quoted: Packet): bool {
  arrive(packet.time);
  keyOf(quoted);
  const at = find();
  if (at == 0 || isOver(at, packet)) return false;
  const flow = changetype<Flow>(at);
  if (flow.state >= RELEASED) {
    swallow(flow, packet);
    return true;
  }
  // An error travels against the packet that it quotes
  const reverse = key.sourceIsLow == ((flow.marks & FORWARD_IS_LOW) != 0);
  tally(flow, packet, reverse, QUOTING);
  if (chains.updateQuoting(at, packet, reverse)) complete(flow, packet.time);
  return true;
}

/** Puts a flow into the table that the program will ask for. Key and direction are `packet`'s. */
export function expect(packet: Packet): usize {
  keyOf(packet);
  const old = find();
  if (old != 0) {
    if (changetype<Flow>(old).marks & EXPECTED) return 0;
    end(old);
  }
  return begin(key.sourceIsLow, EXPECTED);
}

/** Ends the program's interest in a flow; it stays a while, to swallow late packets. */
export function release(at: usize): void {
  const flow = changetype<Flow>(at);
  if ((flow.marks & EXPECTED) == 0) return;
  withdraw(ready, at);
  flow.marks &= ~EXPECTED;
  flow.state = RELEASED;
  flow.completed = clock;
  schedule(at, clock + linger);
}

function begin(forwardIsLow: bool, marks: u8): usize {
  const at = hasRoom() ? take() : 0;
  if (at == 0) return 0;
  memory.copy(at, changetype<usize>(key), 40);
  const flow = changetype<Flow>(at);
  flow.state = ACTIVE;
  flow.marks = marks | (forwardIsLow ? FORWARD_IS_LOW : 0);
  flow.hash = key.hash;
  insert(at, key.hash);
  stats.flows++;
  return at;
}

/** Takes a flow off the record: its packets so far, and those to come, are counted as ignored. */
export function ignore(at: usize): void {
  const flow = changetype<Flow>(at);
  stats.flows--;
  stats.ignored += flow.packetsForward + flow.packetsReverse;
  flow.packetsForward = 0;
  flow.packetsReverse = 0;
  if (flow.state == DONE) {
    withdraw(done, at);
    giveBack(at);
    return;
  }
  // Who waits for it need not wait any longer
  if (flow.state == ACTIVE && (flow.marks & EXPECTED) != 0) push(ready, at);
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

function tally(flow: Flow, packet: Packet, reverse: bool, marks: u8 = 0): void {
  if (isOn()) describe(flow, packet, reverse, marks);
  if (flow.packetsForward + flow.packetsReverse == 0) flow.first = packet.time;
  if (packet.time > flow.last) flow.last = packet.time;
  if (reverse) {
    flow.packetsReverse++;
    flow.octetsReverse += packet.octets;
  } else {
    flow.packetsForward++;
    flow.octetsForward += packet.octets;
  }
}

/** Notes SYN, FIN and RST; whether there was a RST or a FIN both ways. */
function endsOf(flow: Flow, packet: Packet, reverse: bool): bool {
  const flags = packet.flags;
  if ((flags & (tcp.SYN | tcp.ACK)) == tcp.SYN && flow.initialSequence == 0) {
    flow.initialSequence = tcp.sequence(packet.transport);
  }
  if ((flags & (tcp.FIN | tcp.RST)) == 0) return false;
  if (flags & tcp.FIN) flow.ends |= reverse ? FIN_REVERSE : FIN_FORWARD;
  if (flags & tcp.RST) flow.ends |= reverse ? RST_REVERSE : RST_FORWARD;
  const both: u8 = FIN_FORWARD | FIN_REVERSE;
  return (flow.ends & both) == both || (flow.ends & (RST_FORWARD | RST_REVERSE)) != 0;
}

/**
 * Completes an active flow: it stays for late packets, or until the program asks for it. An answer
 * of a chain may come after a later packet has completed the flow: the earlier time is right.
 */
export function complete(flow: Flow, time: u64): void {
  const isActive = flow.state == ACTIVE;
  if (!isActive && (flow.state != COMPLETE || time >= flow.completed)) return;
  flow.state = COMPLETE;
  flow.completed = time;
  const at = changetype<usize>(flow);
  if (flow.marks & EXPECTED) {
    if (isActive) push(ready, at);
  } else {
    unschedule(at);
    schedule(at, time + linger);
  }
}

/** When a flow that has a timer is over, in packet time. */
function deadline(flow: Flow): u64 {
  return flow.state == ACTIVE || flow.state == IGNORED ? flow.last + idle : flow.completed + linger;
}

/** Whether a packet comes too late for a flow in the table, or opens the next one on its ports. */
function isOver(at: usize, packet: Packet): bool {
  const flow = changetype<Flow>(at);
  if (flow.marks & EXPECTED) return false;
  if (packet.time > deadline(flow)) return true;
  return flow.state == COMPLETE && isAnotherSyn(flow, packet);
}

/** Whether a packet would open the next flow on its ports if this one were complete, or ends its silence if it were ignored. */
function mayReopen(at: usize, packet: Packet): bool {
  const flow = changetype<Flow>(at);
  return (flow.state == ACTIVE || flow.state == COMPLETE) && (flow.marks & EXPECTED) == 0 &&
    isAnotherSyn(flow, packet);
}

/** Whether a packet is a SYN of another connection than the one that began this flow. */
function isAnotherSyn(flow: Flow, packet: Packet): bool {
  return packet.protocol == tcp.PROTOCOL &&
    (packet.flags & (tcp.SYN | tcp.ACK)) == tcp.SYN && packet.transport != 0 &&
    tcp.sequence(packet.transport) != flow.initialSequence;
}

/** Ends a flow that stands in the wheel. */
function end(at: usize): void {
  unschedule(at);
  leave(at);
}

/** Out of the table: to be written, or nobody's when its record was taken before. */
function leave(at: usize): void {
  const flow = changetype<Flow>(at);
  remove(at, flow.hash);
  if (flow.state == RELEASED || flow.state == IGNORED) {
    giveBack(at);
    return;
  }
  flow.state = DONE;
  push(done, at);
}
