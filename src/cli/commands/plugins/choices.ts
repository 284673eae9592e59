import { bundledPlugins } from "../../../plugin/bundled.ts";
import { findAll } from "../../../plugin/finder.ts";
import { lockPath, readLock } from "../../../plugin/lock.ts";
import { isPluginName } from "../../../plugin/source.ts";

/** Names of all plugins in the usual places, for completion. */
export function allNames(): readonly string[] {
  const all = findAll(bundledPlugins(), { folders: [], lock: undefined });
  // Files may be called anything, also what a shell would run
  return [...new Set(all.map(({ name }) => name).filter(isPluginName))];
}

/** Names of those that were added from a URL. */
export function addedNames(): readonly string[] {
  return [...new Set(Object.values(readLock(lockPath(undefined))).map(({ name }) => name))];
}
