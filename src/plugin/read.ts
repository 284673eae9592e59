import { Failure } from "../host/failure.ts";
import { loadExports, named } from "./local.ts";
import type { Located } from "./locate.ts";
import { lockPath, readLock } from "./lock.ts";
import { loadBundled } from "./bundled.ts";
import type { PluginSettings } from "./settings.ts";
import { storedTests } from "./stored_tests.ts";

/** A plugin of any kind that was loaded, with what its module exports besides. */
export interface Loaded {
  readonly plugin: Readonly<Record<string, unknown>>;
  /** What it exports as `tests`. */
  readonly tests: unknown;
  /** Where its files are; null when it has none that can be read. */
  readonly folder: string | null;
}

/**
 * Loads a plugin of any kind, which runs its module: only one that is on this host, or accepted.
 *
 * @throws {Failure} when it cannot be loaded, exports no object, or is not trusted
 */
export async function loadPlugin(located: Located, settings: PluginSettings): Promise<Loaded> {
  if (located.from === "bundled") {
    const plugin = await loadBundled(located.kind, located.name);
    return { plugin: plugin as unknown as Loaded["plugin"], tests: undefined, folder: null };
  }
  if (located.from === "file") {
    const { path, name } = located;
    const { default: value, tests } = await loadExports(path);
    const at = path.lastIndexOf("/");
    return { plugin: pluginOf(value, name, path), tests, folder: at < 0 ? "." : path.slice(0, at) };
  }
  const { chainOf, endpointOf, spiderOf, storedPlugin, trustedOf } = await import("./remote.ts");
  const { url, pin } = located;
  const stored = await storedPlugin({ kind: "url", url, pin }, settings);
  const { kind } = stored.locked;
  const plugin = kind === "chain"
    ? await chainOf(stored, settings.consent)
    : kind === "spider"
    ? await spiderOf(stored, settings.consent)
    : kind === "endpoint"
    ? await endpointOf(stored, settings.consent)
    : await trustedOf(kind, stored);
  return {
    plugin: plugin as unknown as Loaded["plugin"],
    tests: storedTests(plugin),
    folder: null,
  };
}

/** Whether a plugin from a URL was accepted. */
export function isAccepted(url: string, { lock }: PluginSettings): boolean {
  return Object.hasOwn(readLock(lockPath(lock)), url);
}

/** One without a name is called as its file is. */
function pluginOf(exported: unknown, name: string, where: string): Loaded["plugin"] {
  const plugin = named(exported, name);
  if (typeof plugin === "object" && plugin !== null) return plugin as Loaded["plugin"];
  throw new Failure(`${where} is not a plugin: its default export is no object`);
}
