import { Journal } from "../host/journal.ts";
import { restore } from "../host/restore.ts";
import { type Plan, watches } from "./plan.ts";

/**
 * Puts back what runs that were killed have left, and begins the journal of a measurement.
 *
 * @param restored called with a sentence for each leftover that was restored, or could not be
 * @throws {Failure} when the state directory cannot be written
 */
export function journalOf(
  { spider }: Pick<Plan, "spider">,
  restored: (sentence: string) => void,
): Journal {
  // What watches nothing needs no rights, and where there are none, nothing can be put back
  if (watches(spider) || Deno.uid() === 0) restore().forEach((sentence) => restored(sentence));
  return watches(spider) ? Journal.open() : Journal.whenNeeded();
}
