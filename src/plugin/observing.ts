import type { ExperimentEvent } from "../contract/experiment_event.ts";
import type { Observer, ObserverTools } from "../contract/observer.ts";
import type { OptionValues } from "../contract/option.ts";
import { cleaned } from "../target/quote.ts";

/** Whether an observer is given events of a type. */
export function isObserved({ observes }: Observer, type: ExperimentEvent["type"]): boolean {
  return observes?.includes(type) ?? true;
}

/** What an observer is given for a run, whose lines are shown by `show`. */
export function observerTools(
  options: OptionValues,
  show: (line: string) => void,
): ObserverTools {
  return { options, print: (line) => show(cleaned(line)) };
}
