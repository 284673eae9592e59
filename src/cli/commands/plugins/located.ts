import { findAll } from "../../../plugin/finder.ts";
import { locate, type Located } from "../../../plugin/locate.ts";
import { bundledPlugins } from "../../../plugin/bundled.ts";
import type { PluginSettings } from "../../../plugin/settings.ts";
import { unknownPlugin } from "../../usage.ts";

/** The plugin that a word names. Throws a `UsageError` when there is none of that name. */
export async function located(word: string, settings: PluginSettings): Promise<Located> {
  const found = await locate(word, settings);
  if (found !== undefined) return found;
  const names = findAll(bundledPlugins(), settings).map(({ name }) => name);
  throw unknownPlugin("plugin", word, names, "see spider plugins list");
}
