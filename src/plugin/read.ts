import { Failure } from "../host/failure.ts";
import { loadExports } from "./local.ts";
import type { Located } from "./locate.ts";
import { lockPath, readLock } from "./lock.ts";
import { storedTests } from "./sandbox/spider.ts";
import { loadBundled } from "./bundled.ts";
import type { PluginSettings } from "./settings.ts";

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
    const plugin = await loadBundled(located.name);
    return { plugin: plugin as unknown as Loaded["plugin"], tests: undefined, folder: null };
  }
  if (located.from === "file") {
    const { path, name } = located;
    const { default: value, tests } = await loadExports(path);
    const at = path.lastIndexOf("/");
    return { plugin: named(value, name, path), tests, folder: at < 0 ? "." : path.slice(0, at) };
  }
  const { exportsOf, spiderOf, storedPlugin } = await import("./remote.ts");
  const { url, pin } = located;
  const stored = await storedPlugin({ kind: "url", url, pin }, settings);
  if (stored.locked.kind === "chain") {
    const { default: value, tests } = await exportsOf(stored);
    return { plugin: named(value, stored.locked.name, url), tests, folder: null };
  }
  const spider = await spiderOf(stored, settings.consent);
  return {
    plugin: spider as unknown as Loaded["plugin"],
    tests: storedTests(spider),
    folder: null,
  };
}

/** Whether a plugin from a URL was accepted. */
export function isAccepted(url: string, { lock }: PluginSettings): boolean {
  return Object.hasOwn(readLock(lockPath(lock)), url);
}

/** One without a name is called as its file is. */
function named(value: unknown, name: string, where: string): Loaded["plugin"] {
  if (typeof value === "object" && value !== null) {
    return "name" in value ? value as Loaded["plugin"] : { name, ...value };
  }
  throw new Failure(`${where} is not a plugin: its default export is no object`);
}
