import { Failure } from "../host/failure.ts";
import type { BundledKind, PluginOf } from "./bundled.ts";
import { sentence } from "./fault.ts";
import { formFaults } from "./form.ts";
import { loadKind } from "./kind/registry.ts";

/**
 * Kinds of plugin that run with all rights of the program, as it runs what they say. An endpoint does
 * where it was allowed to, and else in a worker, as a spider.
 */
export type TrustedKind = Exclude<BundledKind, "spider">;

/**
 * Checks what a module that was run exports. One without a name is called `name`.
 *
 * @throws {Failure} that says all that is missing or wrong
 */
export async function checkPlugin<Kind extends TrustedKind>(
  name: Kind,
  value: unknown,
  called: string,
  where: string,
): Promise<PluginOf[Kind]> {
  const kind = await loadKind(name);
  if (typeof value !== "object" || value === null) {
    throw new Failure(`${where} is not ${kind.title}: its default export is no object`);
  }
  const plugin = { name: called, ...value } as Record<string, unknown>;
  const faults = [
    ...formFaults({ data: plugin, functions: [], computed: [] }, kind),
    ...await kind.references(plugin, () => Promise.resolve([])),
  ];
  if (faults.length > 0) {
    throw new Failure(`${where} is not ${kind.title}: ${faults.map(sentence).join("; ")}`);
  }
  return plugin as unknown as PluginOf[Kind];
}
