import { Flow } from "./flow.ts";

// A wheel of slots, each a list of the flows whose deadline falls into its quantum of packet time.
// A packet does not move its flow: when the slot's time comes, a flow that was active since is put
// into a later slot. So a packet costs no list operation.

const SLOTS: u64 = 256;
/** The timeout has at most this many quanta, so that a deadline never laps the wheel. */
const QUANTA: u64 = 250;

const heads: usize = memory.data(1024, 8);
/** A quantum is two to this power of nanoseconds: a division of 64 bits costs as much as a packet. */
let bits: u64 = 0;
let tick: u64 = 0;

/** Sets the timeout that the wheel is made for, in nanoseconds. Once, before the first flow. */
export function setTimeout(timeout: u64): void {
  bits = 0;
  while (timeout >> bits > QUANTA) bits++;
}

/** The slot of a deadline. */
export function slotOf(deadline: u64): u8 {
  return u8((max(deadline >> bits, tick) + 1) % SLOTS);
}

/** Puts a flow into the slot of its deadline. */
export function schedule(at: usize, deadline: u64): void {
  const flow = changetype<Flow>(at);
  const slot = usize(slotOf(deadline));
  const head = load<usize>(heads + slot * sizeof<usize>());
  flow.slot = u8(slot);
  flow.previous = 0;
  flow.next = head;
  if (head != 0) changetype<Flow>(head).previous = at;
  store<usize>(heads + slot * sizeof<usize>(), at);
}

/** Takes a flow out of its slot. */
export function unschedule(at: usize): void {
  const flow = changetype<Flow>(at);
  if (flow.previous != 0) changetype<Flow>(flow.previous).next = flow.next;
  else store<usize>(heads + usize(flow.slot) * sizeof<usize>(), flow.next);
  if (flow.next != 0) changetype<Flow>(flow.next).previous = flow.previous;
}

/** Takes out the list of the next slot whose time has come by `now`, as its first flow; 0 when no slot has. */
export function nextDue(now: u64): usize {
  const target = now >> bits;
  // A leap in time passes each slot once
  if (target > tick + SLOTS) tick = target - SLOTS;
  while (tick < target) {
    tick++;
    const head = heads + usize(tick % SLOTS) * sizeof<usize>();
    const list = load<usize>(head);
    if (list != 0) {
      store<usize>(head, 0);
      return list;
    }
  }
  return 0;
}

/** Starts anew from an earlier time. What is in a slot is looked at within the next round. */
export function rewind(now: u64): void {
  tick = now >> bits;
}

/** Time of the next tick, nanoseconds since 1970: before it, `nextDue` finds nothing. */
export function nextTick(): u64 {
  return (tick + 1) << bits;
}

/** Takes out any slot's list, for the end; 0 when the wheel is empty. */
export function anySlot(): usize {
  for (let slot: usize = 0; slot < usize(SLOTS); slot++) {
    const list = load<usize>(heads + slot * sizeof<usize>());
    if (list != 0) {
      store<usize>(heads + slot * sizeof<usize>(), 0);
      return list;
    }
  }
  return 0;
}

/** A flow of the slot that comes first; 0 when the wheel is empty. It stays where it is. */
export function earliest(): usize {
  for (let i: u64 = 1; i <= SLOTS; i++) {
    const flow = load<usize>(heads + usize((tick + i) % SLOTS) * sizeof<usize>());
    if (flow != 0) return flow;
  }
  return 0;
}
