import { stats } from "../stats.ts";
import { Flow } from "./flow.ts";
import { LACK_OF_RESOURCES } from "./parts.ts";
import { lingering } from "./queue.ts";
import { deadline, end } from "./timers.ts";
import { earliest, schedule, slotOf, unschedule } from "./wheel.ts";

/** Flows that are looked at until one is found that was idle for as long as its slot says. */
const LOOKS: i32 = 64;

/**
 * Makes room for another flow: what is complete or released goes first, then what has been idle for
 * longest. Idle time is known to a slot of the wheel, so of those within one slot any may go; and
 * when the first `LOOKS` flows were all active since they got their slots, the next one goes. Flows that the
 * program expects never go. The record is that of an idle flow. False when there is nothing to evict.
 */
export function evict(): bool {
  let at = lingering.first;
  if (at == 0) at = idlest();
  if (at == 0) return false;
  end(at, LACK_OF_RESOURCES);
  stats.evicted++;
  return true;
}

function idlest(): usize {
  for (let i = 0; i < LOOKS; i++) {
    const at = earliest();
    if (at == 0) return 0;
    const due = deadline(changetype<Flow>(at));
    if (slotOf(due) == changetype<Flow>(at).slot) return at;
    unschedule(at);
    schedule(at, due);
  }
  return earliest();
}
