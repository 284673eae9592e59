import type { Description } from "./description.ts";
import { Descriptions } from "./descriptions.ts";
import { type FoundPlugin, placeOf } from "./finder.ts";
import type { LockedPlugins } from "./lock.ts";
import { loadBundled } from "./bundled.ts";
import { SourceReader } from "./reading/reader.ts";

/** Describes plugins, those in folders by what is remembered of them. */
export async function describeAll(
  found: readonly FoundPlugin[],
  locked: LockedPlugins,
): Promise<Description[]> {
  const descriptions = new Descriptions();
  await using reader = new SourceReader();
  const all = await Promise.all(found.map((one) => {
    const make = () => describe(one, locked, reader);
    return one.from === "folder" ? descriptions.of(one, make) : make();
  }));
  descriptions.save();
  return all;
}

/** Describes a plugin wherever it is. Nothing but what ships with the program is run. */
export async function describe(
  found: FoundPlugin,
  locked: LockedPlugins,
  reader: SourceReader,
): Promise<Description> {
  if (found.from === "folder") {
    const { describeLocal } = await import("./describe_local.ts");
    return await describeLocal(found, reader);
  }
  const { kind, name, version, summary } = found.from === "url"
    ? locked[found.url]!
    : (await loadBundled(found.kind, found.name))!;
  const place = found.from === "url" ? placeOf(found) : null;
  return { name, kind, version, summary, from: found.from, place, broken: null };
}
