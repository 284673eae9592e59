import { Failure } from "../host/failure.ts";
import { isFolder } from "../host/file_kind.ts";
import type { BundledPlugin } from "./bundled.ts";
import { pluginFolder } from "./folders.ts";
import { type LocalPlugin, pluginsIn } from "./local.ts";
import { lockPath, readLock } from "./lock.ts";

/** Where plugins are looked for besides those that ship with the program. */
export interface Places {
  /** Folders of plugins that were named. */
  readonly folders: readonly string[];
  /** The lock file that was named. */
  readonly lock: string | undefined;
}

/** A plugin that can be named. */
export type FoundPlugin =
  | BundledPlugin
  | LocalPlugin & { readonly from: "folder" }
  | { readonly from: "url"; readonly name: string; readonly url: string };

/**
 * Every plugin that can be named, in all places.
 *
 * @throws {Failure} when a folder that was named or the lock file cannot be read
 */
export function findAll(
  bundled: readonly BundledPlugin[],
  { folders, lock }: Places,
): FoundPlugin[] {
  const own = pluginFolder();
  const all = own !== null && isFolder(own) ? [...folders, own] : folders;
  return [
    ...bundled,
    ...[...new Set(all)].flatMap((folder) =>
      pluginsIn(folder).map((plugin) => ({ from: "folder", ...plugin } as const))
    ),
    ...Object.entries(readLock(lockPath(lock))).map(([url, { name }]) =>
      ({ from: "url", name, url }) as const
    ),
  ];
}

/** Where a plugin is, as text. */
export function placeOf(found: FoundPlugin): string {
  if (found.from === "folder") return found.path;
  return found.from === "url" ? found.url : "the program itself";
}

/**
 * The one of that name; undefined when there is none. `sameKind` tells whether one is of the kind
 * that is wanted.
 *
 * @throws {Failure} that names both places when there are two
 */
export async function findOne(
  name: string,
  all: readonly FoundPlugin[],
  sameKind: (found: FoundPlugin) => Promise<boolean>,
): Promise<FoundPlugin | undefined> {
  const called = all.filter((found) => found.name === name);
  // A single one is checked when it is loaded
  if (called.length < 2) return called[0];
  const fitting: FoundPlugin[] = [];
  for (const found of called) if (await sameKind(found)) fitting.push(found);
  if (fitting.length < 2) return fitting[0];
  throw clash(name, fitting);
}

/** The error for a name that two plugins have. */
export function clash(name: string, found: readonly FoundPlugin[]): Failure {
  return new Failure(
    `there are two plugins ${name}: ${found.map(placeOf).join(" and ")}; ` +
      "rename or remove one, or name the one that is meant by its path or URL",
  );
}
