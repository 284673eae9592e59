import type { Description } from "./description.ts";
import { type FoundPlugin, placeOf } from "./finder.ts";
import type { LockedPlugins } from "./lock.ts";
import { loadBundled } from "./bundled.ts";

/** Describes a plugin wherever it is. Nothing but what ships with the program is run. */
export async function describe(found: FoundPlugin, locked: LockedPlugins): Promise<Description> {
  if (found.from === "folder") {
    const { describeLocal } = await import("./describe_local.ts");
    return await describeLocal(found);
  }
  const { kind, name, version, summary } = found.from === "url"
    ? locked[found.url]!
    : (await loadBundled(found.name))!;
  const place = found.from === "url" ? placeOf(found) : null;
  return { name, kind, version, summary, from: found.from, place, broken: null };
}
