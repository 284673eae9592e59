import * as chains from "../../build/chain_registry.ts";
import { setShortest } from "../describe.ts";
import { stats } from "../stats.ts";
import { COMPLETE, DONE, EXPECTED, Flow, HOLDING, IGNORED, isActive, RELEASED } from "./flow.ts";
import { remove } from "./index.ts";
import {
  earliestEnd,
  END_OF_FLOW,
  endPart,
  FORCED_END,
  hasParts,
  IDLE_TIMEOUT,
  isEmpty,
  partEnd,
} from "./parts.ts";
import { hasSpare, release as giveBack } from "./pool.ts";
import { done, lingering, push, ready, withdraw } from "./queue.ts";
import { countHeld } from "./reuse.ts";
import { anySlot, nextDue, nextTick, rewind, schedule, setTimeout, unschedule } from "./wheel.ts";

// Where a flow in the table stands: in the wheel while it is active, in the queue of those that
// linger when it is complete or released, in no list when it is expected (or in `ready`).

let idle: u64 = 0;
let linger: u64 = 0;
let longest: u64 = 0;
/** Packet time: the latest that was seen, but see `arrive`. */
let clock: u64 = 0;

/** Sets the timeouts, in nanoseconds. */
export function setTimeouts(idleTime: u64, lingerTime: u64): void {
  idle = idleTime;
  linger = lingerTime;
  longest = max(idleTime, lingerTime);
  setTimeout(idleTime);
  setShortest(min(idleTime, lingerTime));
}

/**
 * Moves packet time to that of a packet. A clock that was set back, or one stamp from the future
 * before, must not stop the timers: time that falls back by more than any of them is the new time.
 */
export function arrive(time: u64): void {
  if (time + longest < clock) {
    clock = time;
    rewind(time);
    endFuture();
  }
  advance(time);
}

/** Ends what was completed in what is the future now: it would keep all that stand behind it. */
function endFuture(): void {
  let at = lingering.first;
  while (at != 0) {
    const next = changetype<Flow>(at).next;
    if (changetype<Flow>(at).completed > clock) end(at, END_OF_FLOW);
    at = next;
  }
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
      const over = deadline(changetype<Flow>(flow));
      const due = min(over, partEnd(changetype<Flow>(flow), clock));
      if (due >= clock) schedule(flow, due);
      else if (over < clock) leave(flow, IDLE_TIMEOUT);
      else goOn(flow);
      flow = next;
    }
  }
  while (lingering.first != 0 && deadline(changetype<Flow>(lingering.first)) < clock) {
    end(lingering.first, END_OF_FLOW);
  }
}

/** Whether parts of flows may end before a packet of a time. */
export function mayEndParts(time: u64): bool {
  return hasParts() && max(time, clock) >= nextTick();
}

/** Whether a packet of a time is of the next part of its flow. */
export function isOfNextPart(at: usize, time: u64): bool {
  return hasParts() && time >= partEnd(changetype<Flow>(at), time);
}

/** The flow that takes a packet of the next part; the one that there is when there is no room for another. */
export function nextPart(at: usize): usize {
  unschedule(at);
  const next = endPart(at);
  const taking = next == 0 ? at : next;
  schedule(taking, min(clock + idle, earliestEnd(clock)));
  return taking;
}

/** Ends a part whose time has come, of a flow that was taken out of its slot; later when there is no room now. */
function goOn(at: usize): void {
  const next = hasSpare() ? endPart(at) : 0;
  if (next == 0) schedule(at, clock);
  else schedule(next, min(deadline(changetype<Flow>(next)), earliestEnd(clock)));
}

/** Ends everything that no program waits for. */
export function flush(): void {
  for (let flow = anySlot(); flow != 0; flow = anySlot()) {
    while (flow != 0) {
      const next = changetype<Flow>(flow).next;
      leave(flow, FORCED_END);
      flow = next;
    }
  }
  while (lingering.first != 0) end(lingering.first, END_OF_FLOW);
}

/** Starts the timer of a new flow. */
export function start(at: usize, time: u64): void {
  schedule(at, min(time + idle, earliestEnd(time)));
}

/** Marks an active flow complete, and tells the program that waits for it. */
export function complete(at: usize, time: u64): void {
  const flow = changetype<Flow>(at);
  if (!isActive(flow)) return;
  flow.completed = time;
  if (flow.marks & EXPECTED) {
    push(ready, at);
  } else {
    unschedule(at);
    push(lingering, at);
  }
  flow.state = COMPLETE;
}

/** Ends the program's interest in a flow; it stays a while, to swallow late packets. */
export function release(at: usize): void {
  const flow = changetype<Flow>(at);
  if ((flow.marks & EXPECTED) == 0) return;
  withdraw(ready, at);
  flow.marks &= ~EXPECTED;
  flow.state = RELEASED;
  flow.completed = clock;
  push(lingering, at);
}

/** When a flow that nobody expects is over, in packet time. */
export function deadline(flow: Flow): u64 {
  if (lingers(flow)) return flow.completed + linger;
  return (flow.state == HOLDING ? max(flow.last, flow.completed) : flow.last) + idle;
}

/**
 * Takes a flow that nobody expects out of the table before its time.
 *
 * @param reason why it ends; one that is complete has ended before
 */
export function end(at: usize, reason: u8): void {
  if (lingers(changetype<Flow>(at))) {
    withdraw(lingering, at);
    return leave(at, END_OF_FLOW);
  }
  unschedule(at);
  leave(at, reason);
}

function lingers(flow: Flow): bool {
  return flow.state == COMPLETE || flow.state == RELEASED;
}

/** Out of the table: to be written, or nobody's when its record was taken before. */
function leave(at: usize, reason: u8): void {
  const flow = changetype<Flow>(at);
  if (flow.state == HOLDING) countHeld(at);
  remove(at);
  if (flow.state == RELEASED || flow.state == IGNORED) {
    giveBack(at);
    return;
  }
  if (isEmpty(flow)) {
    // Its earlier parts have all that there was
    stats.flows--;
    giveBack(at);
    return;
  }
  chains.ended(at, reason);
  flow.state = DONE;
  push(done, at);
}
