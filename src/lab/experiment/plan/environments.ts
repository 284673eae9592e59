import type { NetworkEnvironment } from "../../../contract/environment.ts";
import type { Manifest } from "../../../contract/manifest.ts";
import type { OptionValues } from "../../../contract/option.ts";
import { Failure } from "../../../host/failure.ts";
import { bundledNames } from "../../../plugin/bundled.ts";
import { readValues, valueFaults } from "../../../plugin/schema/option.ts";
import { loadTrusted } from "../../../plugin/trusted.ts";
import { unknown, type ValuePath } from "../../file/yaml.ts";
import type { Faults } from "../../topology/faults.ts";
import { type PluggedFrom, resolved } from "../../topology/plugged.ts";
import type { TestEntry } from "../file/experiment_file.ts";
import type { PlannedIut, PlannedWrapper } from "./experiment_plan.ts";

/** The network environment that a test names; null where that is a fault. */
export async function networkEnvironment(
  { network_environment: { type, options } }: TestEntry,
  test: ValuePath,
  from: PluggedFrom,
  faults: Faults,
): Promise<NetworkEnvironment | null> {
  const path = [...test, "network_environment"];
  const environment = await named(type, path, from, faults);
  if (environment === null) return null;
  if (environment.type === "execution") {
    faults.add(path, `${type} wraps commands: it is no environment of the type network`);
    return null;
  }
  checkOptions(environment, options, path, faults);
  return environment;
}

/** What wraps the services of a test. */
export async function planWrappers(
  { execution_environment: entries }: TestEntry,
  services: readonly PlannedIut[],
  test: ValuePath,
  from: PluggedFrom,
  faults: Faults,
): Promise<PlannedWrapper[]> {
  const wrappers: PlannedWrapper[] = [];
  const under = services.map(({ name }) => name);
  for (const [at, { type, options, services: asked = under }] of entries.entries()) {
    const path = [...test, "execution_environment", at];
    const environment = await named(type, path, from, faults);
    if (environment === null) continue;
    if (environment.type === "network") {
      faults.add(path, `${type} is a network: it wraps no command`);
      continue;
    }
    checkOptions(environment, options, path, faults);
    for (const one of asked) {
      if (under.includes(one)) continue;
      faults.add([...path, "services"], unknown("service under test", one, under));
    }
    wrappers.push({ environment, options: optionsOf(environment, options), services: asked });
  }
  return wrappers;
}

/** Values of its options, with those that are usual; none where they are wrong. */
export function optionsOf({ options = {} }: Manifest, given: unknown): OptionValues {
  return valueFaults(options, given).length === 0 ? readValues(options, given) : {};
}

/** What a function gives; null where a plugin cannot be loaded, which is a fault. */
export async function loadedOr<T>(
  path: ValuePath,
  faults: Faults,
  load: () => Promise<T>,
): Promise<T | null> {
  try {
    return await load();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    faults.add(path, error.message);
    return null;
  }
}

async function named(type: string, path: ValuePath, from: PluggedFrom, faults: Faults) {
  const environment = await loadedOr(
    path,
    faults,
    () => loadTrusted("environment", resolved(type, from), from.settings),
  );
  if (environment !== undefined) return environment;
  faults.add(path, unknown("environment", type, bundledNames("environment")));
  return null;
}

/** Notes what is wrong with values of its options. */
export function checkOptions(
  { options = {} }: Manifest,
  given: unknown,
  path: ValuePath,
  faults: Faults,
): void {
  for (const { path: place, text } of valueFaults(options, given)) {
    faults.add([...path, "options", ...place], text);
  }
}
