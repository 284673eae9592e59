import { Failure } from "../host/failure.ts";
import { findAll, type FoundPlugin, placeOf, type Places } from "./finder.ts";
import { readGraph } from "./graph.ts";
import { lockPath, readLock } from "./lock.ts";
import { originsOf } from "./origins.ts";
import { localManifest, manifestIn, SourceReader } from "./reading/reader.ts";
import { bundledPlugins, loadBundled } from "./bundled.ts";
import { Store } from "./store.ts";
import { inRange } from "./version.ts";

/** The part of a plugin that others need. */
export interface Needed {
  readonly name: string;
  readonly version: string;
  readonly requires?: Readonly<Record<string, string>>;
  readonly conflicts?: Readonly<Record<string, string>>;
  /** Where it is, as text. */
  readonly place: string;
}

/** Gives the plugins of a name, of any kind. */
export type Catalogue = (name: string) => Promise<readonly Needed[]>;

/**
 * The plugins that are part of a run of one plugin: itself, and all that it requires, each before
 * those that require it.
 *
 * @throws {Failure} that names what is missing, what does not fit, what conflicts, or a circle
 */
export async function inOrder(root: Needed, catalogue: Catalogue): Promise<Needed[]> {
  const order: Needed[] = [];
  const way: Needed[] = [];
  const visit = async (plugin: Needed): Promise<void> => {
    const at = way.findIndex(({ name }) => name === plugin.name);
    if (at >= 0) {
      const circle = [...way.slice(at), plugin].map(({ name }) => name).join(" requires ");
      throw new Failure(`plugins require each other in a circle: ${circle}`);
    }
    if (order.some(({ name }) => name === plugin.name)) return;
    way.push(plugin);
    for (const [name, range] of Object.entries(plugin.requires ?? {})) {
      const other = name === root.name ? [root] : await catalogue(name);
      await visit(fitting(plugin, name, range, other));
    }
    way.pop();
    order.push(plugin);
  };
  await visit(root);
  for (const plugin of order) checkConflicts(plugin, order);
  return order;
}

/** The one of the plugins of a name that fits. */
function fitting(by: Needed, name: string, range: string, all: readonly Needed[]): Needed {
  const found = all.find(({ version }) => inRange(version, range));
  if (found !== undefined) return found;
  const wanted = `${by.name} requires ${name} ${range}`;
  throw new Failure(
    all.length === 0
      ? `${wanted}, and there is no plugin ${name}: add it, or put it into a plugin folder`
      : `${wanted}, and there is ${all.map((one) => `${one.version} (${one.place})`).join(", ")}`,
  );
}

function checkConflicts(plugin: Needed, all: readonly Needed[]): void {
  for (const [name, range] of Object.entries(plugin.conflicts ?? {})) {
    const other = all.find((one) => one.name === name && inRange(one.version, range));
    if (other === undefined || other === plugin) continue;
    throw new Failure(
      `${plugin.name} cannot run together with ${name} ${other.version} (${other.place}), ` +
        "which is required too",
    );
  }
}

/**
 * Checks that what a plugin requires is there, and nothing that conflicts with it.
 *
 * @throws {Failure} as {@linkcode inOrder}
 */
export async function checkRequired(plugin: Omit<Needed, "place">, places: Places): Promise<void> {
  if (plugin.requires === undefined && plugin.conflicts === undefined) return;
  await inOrder({ ...plugin, place: "itself" }, catalogueOf(places));
}

/** The plugins that can be named, by what their sources say. None of them is run. */
function catalogueOf(places: Places): Catalogue {
  const all = findAll(bundledPlugins(), places);
  return async (name) => {
    const found = all.filter((one) => one.name === name);
    const read = await Promise.all(found.map((one) => neededOf(one, places)));
    return read.filter((one) => one !== null);
  };
}

/** The part of a plugin's manifest that others need; null when it is broken. */
async function neededOf(found: FoundPlugin, { lock }: Places): Promise<Needed | null> {
  const place = placeOf(found);
  if (found.from === "bundled") {
    const { name, version, requires, conflicts } = (await loadBundled(found.kind, found.name))!;
    return needed({ name, version, requires, conflicts }, place);
  }
  try {
    if (found.from === "folder") {
      await using sources = new SourceReader();
      const { data } = await localManifest(found.path, sources);
      return needed({ name: found.name, ...data }, place);
    }
    const locked = readLock(lockPath(lock))[found.url]!;
    const reader = await new Store().reader(found.url, locked);
    if (reader === null) return needed({ name: locked.name, version: locked.version }, place);
    const { manifest } = await readGraph(found.url, originsOf(found.url, locked), reader);
    return needed(manifestIn(manifest).data, place);
  } catch (error) {
    if (error instanceof Failure) return null;
    throw error;
  }
}

/** The part of a manifest that others need; null when it is incomplete. */
export function needed(data: Readonly<Record<string, unknown>>, place: string): Needed | null {
  const { name, version } = data;
  if (typeof name !== "string" || typeof version !== "string") return null;
  const ranges = (value: unknown) =>
    Object.fromEntries(
      Object.entries(Object(value)).filter((entry): entry is [string, string] =>
        typeof entry[1] === "string"
      ),
    );
  return {
    name,
    version,
    requires: ranges(data.requires),
    conflicts: ranges(data.conflicts),
    place,
  };
}
