import * as chains from "../../build/chain_registry.ts";
import { stats } from "../stats.ts";
import { CONTINUES, DONE, EXPECTED, Flow, HOLDING, isActive, LASTING } from "./flow.ts";
import { replace } from "./index.ts";
import { take } from "./pool.ts";
import { done, push } from "./queue.ts";

// A flow that goes on for longer than the active timeout has more than one record (RFC 5470, section
// 5.1.1): each is of a part that ends this long after its first packet. Then another flow takes the place
// of the one in the table, so that what waits to be written is no longer touched. It has what
// identifies the flow and tells its connection apart, and what chains say that it keeps (`goOn`);
// counts and marks of packets begin anew.

/** Why a record ended, as IPFIX numbers it (RFC 5102, section 5.11.3, flowEndReason). */
export const IDLE_TIMEOUT: u8 = 1;
export const ACTIVE_TIMEOUT: u8 = 2;
export const END_OF_FLOW: u8 = 3;
export const FORCED_END: u8 = 4;
export const LACK_OF_RESOURCES: u8 = 5;

/** Nanoseconds that a part lasts at most; 0 without a limit. */
let longest: u64 = 0;

/** Sets how long a part may last, in nanoseconds; 0: as long as its flow. */
export function setLongest(time: u64): void {
  longest = time;
}

/** Whether flows have parts at all. */
export function hasParts(): bool {
  return longest != 0;
}

/**
 * When the part at hand is to end, whatever comes, and at the earliest where it has yet to begin; the
 * end of all time where nothing ends it. A measurement waits for the whole of its flow; what is held
 * aside may be of this part.
 */
export function partEnd(flow: Flow, now: u64): u64 {
  if (longest == 0 || !isActive(flow) || (flow.marks & EXPECTED) != 0) return u64.MAX_VALUE;
  if (flow.state == HOLDING) return u64.MAX_VALUE;
  return (isEmpty(flow) ? now : flow.first) + longest;
}

/** When a part that begins now may end at the earliest. */
export function earliestEnd(now: u64): u64 {
  return longest == 0 ? u64.MAX_VALUE : now + longest;
}

/** Whether a flow has no packet: one that goes on, and has no record unless one comes. */
export function isEmpty(flow: Flow): bool {
  return flow.packetsForward + flow.packetsReverse == 0;
}

/**
 * Ends a part, whose flow stands in no list: its record is to be written. The flow that goes on, also
 * in no list; 0 when there is no room for it, and then the part goes on.
 */
export function endPart(at: usize): usize {
  const next = take();
  if (next == 0) return 0;
  memory.copy(next, at, offsetof<Flow>("last"));
  const flow = changetype<Flow>(next);
  flow.marks |= CONTINUES;
  flow.ends &= LASTING;
  flow.last = changetype<Flow>(at).last;
  chains.goOn(at, next);
  replace(at, next);
  chains.ended(at, ACTIVE_TIMEOUT);
  changetype<Flow>(at).state = DONE;
  push(done, at);
  stats.flows++;
  return next;
}
