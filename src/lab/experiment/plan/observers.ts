import { bundledNames } from "../../../plugin/bundled.ts";
import { loadTrusted } from "../../../plugin/trusted.ts";
import { unknown } from "../../file/yaml.ts";
import type { Faults } from "../../topology/faults.ts";
import { type PluggedFrom, resolved } from "../../topology/plugged.ts";
import type { ObserverEntry } from "../file/experiment_file.ts";
import { checkOptions, loadedOr, optionsOf } from "./environments.ts";
import type { PlannedObserver } from "./experiment_plan.ts";

/** What is told of the events of an experiment. */
export async function planObservers(
  entries: readonly ObserverEntry[],
  from: PluggedFrom,
  faults: Faults,
): Promise<PlannedObserver[]> {
  const observers: PlannedObserver[] = [];
  for (const [at, { observer: name, options }] of entries.entries()) {
    const path = ["observers", at];
    const observer = await loadedOr(
      path,
      faults,
      () => loadTrusted("observer", resolved(name, from), from.settings),
    );
    if (observer === null) continue;
    if (observer === undefined) {
      faults.add(path, unknown("observer", name, bundledNames("observer")));
      continue;
    }
    checkOptions(observer, options, path, faults);
    observers.push({ observer, options: optionsOf(observer, options) });
  }
  return observers;
}
