import { findAll, findOne, type FoundPlugin, type Places } from "./finder.ts";
import { moduleAt, pluginName } from "./local.ts";
import { readSource } from "./source.ts";
import { type BundledPlugin, bundledPlugins } from "./bundled.ts";

/** Where a plugin is that was named on the command line. */
export type Located =
  | BundledPlugin
  /** In a folder of plugins it must be called as its file is. */
  | {
    readonly from: "file";
    readonly name: string;
    readonly path: string;
    readonly inFolder: boolean;
  }
  | { readonly from: "url"; readonly url: string; readonly pin: string | null };

/**
 * Finds a plugin of any kind by its name, file, folder or URL; undefined when none has that name.
 *
 * @throws {Failure} when there is no such file, or two plugins have the name
 */
export async function locate(word: string, places: Places): Promise<Located | undefined> {
  const source = readSource(word);
  if (source.kind === "url") return { from: "url", url: source.url, pin: source.pin };
  if (source.kind === "path") {
    const path = moduleAt(source.path);
    return { from: "file", name: pluginName(path), path, inFolder: false };
  }
  const found = await findOne(
    source.name,
    findAll(bundledPlugins(), places),
    () => Promise.resolve(true),
  );
  return found === undefined ? undefined : located(found);
}

function located(found: FoundPlugin): Located {
  if (found.from === "bundled") return found;
  if (found.from === "url") return { from: "url", url: found.url, pin: null };
  return { from: "file", name: found.name, path: found.path, inFolder: true };
}
