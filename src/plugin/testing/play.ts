import type { Options } from "../../contract/option.ts";
import { Failure } from "../../host/failure.ts";
import { formFaults } from "../form.ts";
import { kindOf, loadKind } from "../kind/registry.ts";
import type { Loaded } from "../read.ts";
import { withChains } from "../named_chains.ts";
import { readValues } from "../schema/option.ts";
import type { PluginSettings } from "../settings.ts";
import { sentence } from "../fault.ts";
import { testFaults } from "./faults.ts";
import type { TestReport } from "./report.ts";

/** The outcome of the tests of a plugin. */
export interface Played {
  /** The word that named it. */
  readonly plugin: string;
  readonly tests: readonly TestReport[];
}

/**
 * Plays all tests of a plugin.
 *
 * @throws {Failure} when the plugin or its tests are not as they must be, or there are none
 */
export async function playTests(
  word: string,
  loaded: Loaded,
  settings: PluginSettings,
): Promise<Played> {
  const { plugin, tests, folder } = loaded;
  const name = kindOf(plugin);
  if (name === null) throw new Failure(`${word} is of the kind ${plugin.kind}, which has no tests`);
  const kind = await loadKind(name);
  const known = { data: plugin, functions: [], computed: [] };
  const faults = [...formFaults(known, kind), ...await testFaults(plugin, tests)];
  if (faults.length > 0) {
    throw new Failure(`${word} is not ${kind.title}: ${faults.map(sentence).join("; ")}`);
  }
  const list = (tests ?? []) as readonly { name: string; options?: unknown }[];
  if (list.length === 0) throw new Failure(`${word} has no tests: export a list of them as tests`);
  const ready = await kind.ready?.(plugin, (spider) => withChains(spider, settings)) ?? plugin;
  const reports: TestReport[] = [];
  for (const test of list) {
    try {
      const options = readValues((plugin.options ?? {}) as Options, test.options ?? {});
      reports.push(await kind.play(ready, test, options, folder));
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      reports.push({ name: test.name, faults: [error.message], conditions: null, flows: [] });
    }
  }
  return { plugin: word, tests: reports };
}
