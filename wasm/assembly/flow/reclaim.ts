import { eachEarly } from "./early.ts";
import { freeUnused, left, taken, use } from "./encapsulations.ts";
import { Flow } from "./flow.ts";
import { eachNote } from "./fragments.ts";
import { eachHeld } from "./held.ts";
import { eachIndexed, indexed } from "./index.ts";
import { encapsulationOf } from "./key.ts";
import { done } from "./queue.ts";

/** When fewer numbers are left, unused ones are looked for. */
const FEW: u32 = 0x4000;

/** Where chains keep two lists in a flow; 0 where none does. */
let kept: usize = 0;
/** Numbers that are taken before it is worth to look again. */
let patience: u32 = 0;

/** Sets where a flow keeps two lists beside that of its key. */
export function setKeptLists(place: usize): void {
  kept = place;
}

/**
 * Frees the numbers of lists that nothing has any more, when few are left. No packet may be on its way
 * to its flow.
 */
export function reclaim(): void {
  if (left >= FEW || taken < patience) return;
  eachIndexed(useOf);
  for (let flow = done.first; flow != 0; flow = changetype<Flow>(flow).next) useOf(flow);
  eachNote(use);
  eachEarly(use);
  eachHeld(use);
  freeUnused();
  // Where they are in use, a look is long for what it finds
  patience = left >= FEW ? 0 : u32(indexed() >> 3) + 4096;
}

function useOf(flow: usize): void {
  use(encapsulationOf(flow));
  if (kept == 0) return;
  use(load<u16>(flow + kept));
  use(load<u16>(flow + kept, 2));
}
