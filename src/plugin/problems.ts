import type { PluginKind } from "../contract/manifest.ts";
import { quote } from "../target/quote.ts";
import { sentence } from "./fault.ts";
import { formFaults } from "./form.ts";
import type { KnownPlugin } from "./known_plugin.ts";
import { loadKind } from "./kind/registry.ts";

/**
 * What is wrong with a plugin of a kind, in sentences without a full stop; none when nothing is. One of
 * an unknown kind is no spider.
 */
export async function problemsOf(
  kind: PluginKind | null,
  known: KnownPlugin,
): Promise<string[]> {
  if (kind === null) return [`its kind is ${quote(known.data.kind)}, not "spider"`];
  return formFaults(known, await loadKind(kind)).map(sentence);
}
