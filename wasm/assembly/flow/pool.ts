import * as chains from "../../build/chain_registry.ts";
import { allocate } from "../memory.ts";
import { reserveBlocks } from "./blocks.ts";
import { Flow, FREE } from "./flow.ts";
import { indexable, indexed, outgrownOctets, reserveIndex, takeOutgrown } from "./index.ts";

/** Flows of one piece of memory. */
const SLAB: usize = 4096;
const LINE: usize = 64;
/** Flows are zeroed this many octets at a time. */
const STEP: usize = 16;
/** No request for more flows at once is one. */
const LARGEST: usize = 1 << 25;
/** Free flows beyond those asked for, so that the end of memory is known one request before it hurts. */
const SPARE: usize = 1 << 15;

let size: usize = 0;
let most: usize = 0;
let limit: usize = 0;
let free: usize = 0;
/** Flows that were never taken, up to where the last piece ends. Nobody wrote there: the system has given no memory for it yet. */
let fresh: usize = 0;
let freshEnd: usize = 0;
let freeCount: usize = 0;
/** Free flows that are kept for the packets of the batch at hand. */
let promised: usize = 0;
let usedUp: bool = false;

/**
 * Sets the octets of a flow with all its chains, a multiple of eight, and the most flows in the table,
 * or 0. Once, first. Where eight more make it whole cache lines, it begins with one each time.
 */
export function setPool(octets: usize, mostFlows: usize): void {
  size = octets % LINE == LINE - 8 ? octets + 8 : octets;
  most = mostFlows == 0 ? LARGEST : mostFlows;
  limit = most;
}

/** Octets of a flow. */
export function flowSize(): usize {
  return size;
}

/**
 * Makes room for `count` more flows; false when there is less. Memory may grow, and so move. When
 * it cannot, the table is to hold fewer flows: those in it leave early, and their room is used again.
 */
export function reserve(count: usize): bool {
  if (count > LARGEST) return false;
  promised = count;
  if (chains.hasAnnexes()) reserveBlocks(count);
  const indexes = reserveIndex(min(indexed() + count, most));
  const old = takeOutgrown();
  if (old != 0) cut(old, outgrownOctets);
  const wanted = count + min(count, SPARE);
  while (freeCount < wanted && !usedUp) {
    const slab = allocate(size * SLAB);
    usedUp = slab == 0;
    if (!usedUp) add(slab);
  }
  limit = most;
  if (freeCount < wanted) {
    limit = min(limit, indexed() + (freeCount > count ? freeCount - count : 0));
  }
  if (!indexes) limit = min(limit, indexable());
  return indexes && freeCount >= count;
}

/** Whether there are more free flows than the packets at hand may need. */
export function hasSpare(): bool {
  return freeCount > promised;
}

/** Whether the table holds as many flows as it may. */
export function isFull(): bool {
  return indexed() >= limit;
}

/** Adds a piece of fresh memory. What is left of the last one, unless this lies behind it, goes to the list. */
function add(slab: usize): void {
  if (slab != freshEnd) {
    freeCount -= (freshEnd - fresh) / size;
    cut(fresh, freshEnd - fresh);
    fresh = slab;
  }
  freshEnd = slab + size * SLAB;
  freeCount += SLAB;
}

/** Makes free flows of a piece of used memory; the first of them is the first to be taken. */
function cut(at: usize, octets: usize): void {
  for (let i = octets / size; i > 0; i--) list(at + (i - 1) * size);
}

/** A zeroed flow, or 0 when none is left. */
export function take(): usize {
  const flow = free;
  if (flow == 0) return takeFresh();
  free = changetype<Flow>(flow).next;
  freeCount--;
  // A call of memory.fill costs more than the flow's first packet
  const last = flow + size - STEP;
  for (let at = flow; at < last; at += STEP) v128.store(at, i64x2.splat(0));
  v128.store(last, i64x2.splat(0));
  return flow;
}

/** The next of those that were never taken, which are zero; 0 when none is left. */
function takeFresh(): usize {
  const flow = fresh;
  if (flow == freshEnd) return 0;
  fresh += size;
  freeCount--;
  return flow;
}

/** Gives a flow back, with all that chains keep of it. */
export function release(at: usize): void {
  if (chains.hasAnnexes()) chains.release(at);
  list(at);
}

function list(at: usize): void {
  const flow = changetype<Flow>(at);
  flow.state = FREE;
  flow.next = free;
  free = at;
  freeCount++;
}
