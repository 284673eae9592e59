import { bundledPlugins, loadBundled, type PluginOf } from "./bundled.ts";
import { checkPlugin, type TrustedKind } from "./check_plugin.ts";
import { describe } from "./describe.ts";
import { findAll, findOne, type FoundPlugin } from "./finder.ts";
import { loadModule, moduleAt, pluginName } from "./local.ts";
import { lockPath, readLock } from "./lock.ts";
import { SourceReader } from "./reading/reader.ts";
import { type PluginSettings, USUAL } from "./settings.ts";
import { readSource, type UrlSource } from "./source.ts";

/**
 * Loads a plugin of a kind that runs with all rights, by its name, its path or its URL; undefined when
 * none of the kind has that name.
 *
 * @throws {Failure} when it cannot be loaded, is of another kind, or is not trusted
 */
export async function loadTrusted<Kind extends TrustedKind>(
  kind: Kind,
  word: string,
  settings: PluginSettings = USUAL,
): Promise<PluginOf[Kind] | undefined> {
  // Most are these, and need no look at other places
  const shipped = await loadBundled(kind, word);
  if (shipped !== undefined) return shipped;
  const source = readSource(word);
  if (source.kind === "url") return await fromUrl(kind, source, settings);
  if (source.kind === "path") {
    const file = moduleAt(source.path);
    return await fromFile(kind, file, pluginName(file), settings);
  }
  const found = await pluginCalled(kind, word, settings);
  if (found?.from === "url") {
    return await fromUrl(kind, { kind: "url", url: found.url, pin: null }, settings);
  }
  return found?.from === "folder" ? await fromFile(kind, found.path, word, settings) : undefined;
}

/** The one of a name in folders of plugins and in the lock file, by what plugins say in their sources. */
async function pluginCalled(
  kind: TrustedKind,
  name: string,
  settings: PluginSettings,
): Promise<FoundPlugin | undefined> {
  await using reader = new SourceReader();
  const locked = readLock(lockPath(settings.lock));
  const isOne = async (found: FoundPlugin) => (await describe(found, locked, reader)).kind === kind;
  const found = await findOne(name, findAll(bundledPlugins(kind), settings), isOne);
  return found !== undefined && await isOne(found) ? found : undefined;
}

async function fromUrl<Kind extends TrustedKind>(
  kind: Kind,
  source: UrlSource,
  settings: PluginSettings,
): Promise<PluginOf[Kind]> {
  const { storedPlugin, trustedOf } = await import("./remote.ts");
  return await required(await trustedOf(kind, await storedPlugin(source, settings)), settings);
}

async function fromFile<Kind extends TrustedKind>(
  kind: Kind,
  file: string,
  name: string,
  settings: PluginSettings,
): Promise<PluginOf[Kind]> {
  return await required(await checkPlugin(kind, await loadModule(file), name, file), settings);
}

/** Checks that what it requires is there. */
async function required<Plugin extends PluginOf[TrustedKind]>(
  plugin: Plugin,
  settings: PluginSettings,
): Promise<Plugin> {
  if (plugin.requires === undefined && plugin.conflicts === undefined) return plugin;
  const { checkRequired } = await import("./requires.ts");
  await checkRequired(plugin, settings);
  return plugin;
}
