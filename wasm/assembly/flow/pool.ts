import { allocate } from "../memory.ts";
import { Flow, FREE } from "./flow.ts";
import { indexed, outgrownOctets, reserveIndex, takeOutgrown } from "./index.ts";

/** Flows of one piece of memory. */
const SLAB: usize = 4096;

let size: usize = 0;
let free: usize = 0;
let freeCount: usize = 0;

/** Sets the octets of a flow with all its chains. Once, before the first `reserve`. */
export function setFlowSize(octets: usize): void {
  size = octets;
}

export function flowSize(): usize {
  return size;
}

/** Makes room for `count` more flows; false when there is less. Memory may grow, and so move. */
export function reserve(count: usize): bool {
  if (!reserveIndex(indexed() + count)) return false;
  const old = takeOutgrown();
  if (old != 0) cut(old, outgrownOctets);
  while (freeCount < count) {
    const slab = allocate(size * SLAB);
    if (slab == 0) return false;
    cut(slab, size * SLAB);
  }
  return true;
}

/** Makes free flows of a piece of memory; the first of them is the first to be taken. */
function cut(at: usize, octets: usize): void {
  for (let i = octets / size; i > 0; i--) release(at + (i - 1) * size);
}

/** A zeroed flow, or 0 when none is left. */
export function take(): usize {
  const flow = free;
  if (flow == 0) return 0;
  free = changetype<Flow>(flow).next;
  freeCount--;
  memory.fill(flow, 0, size);
  return flow;
}

/** Gives a flow back. */
export function release(at: usize): void {
  const flow = changetype<Flow>(at);
  flow.state = FREE;
  flow.next = free;
  free = at;
  freeCount++;
}
