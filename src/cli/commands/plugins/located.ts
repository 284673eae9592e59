import { findAll } from "../../../plugin/finder.ts";
import { locate, type Located } from "../../../plugin/locate.ts";
import { type Finding, spiderNames } from "../../../plugin/spiders.ts";
import { unknownName } from "../../usage.ts";

/** The plugin that a word names. Throws a `UsageError` when there is none of that name. */
export async function located(word: string, finding: Finding): Promise<Located> {
  const found = await locate(word, finding);
  if (found !== undefined) return found;
  const names = findAll(spiderNames(), finding).map(({ name }) => name);
  throw unknownName("plugin", word, names, "see spider plugins list");
}
