import type { Middlebox } from "../contract/middlebox.ts";
import { bundledPlugins, loadBundled } from "./bundled.ts";
import { checkMiddlebox } from "./check_middlebox.ts";
import { describe } from "./describe.ts";
import { findAll, findOne, type FoundPlugin } from "./finder.ts";
import { loadModule, moduleAt, pluginName } from "./local.ts";
import { lockPath, readLock } from "./lock.ts";
import { SourceReader } from "./reading/reader.ts";
import { type PluginSettings, USUAL } from "./settings.ts";
import { readSource, type UrlSource } from "./source.ts";

/**
 * Loads a middlebox by its name, its path or its URL; undefined when none has that name.
 *
 * @throws {Failure} when it cannot be loaded, is no middlebox, or is not trusted
 */
export async function loadMiddlebox(
  word: string,
  settings: PluginSettings = USUAL,
): Promise<Middlebox | undefined> {
  // Most are these, and need no look at other places
  const shipped = await loadBundled("middlebox", word);
  if (shipped !== undefined) return shipped;
  const source = readSource(word);
  if (source.kind === "url") return await fromUrl(source, settings);
  if (source.kind === "path") {
    const file = moduleAt(source.path);
    return await fromFile(file, pluginName(file), settings);
  }
  const found = await middleboxCalled(word, settings);
  if (found?.from === "url") {
    return await fromUrl({ kind: "url", url: found.url, pin: null }, settings);
  }
  return found?.from === "folder" ? await fromFile(found.path, word, settings) : undefined;
}

/** The one of a name in folders of plugins and in the lock file, by what plugins say in their sources. */
async function middleboxCalled(
  name: string,
  settings: PluginSettings,
): Promise<FoundPlugin | undefined> {
  await using reader = new SourceReader();
  const locked = readLock(lockPath(settings.lock));
  const isOne = async (found: FoundPlugin) =>
    (await describe(found, locked, reader)).kind === "middlebox";
  const found = await findOne(name, findAll(bundledPlugins("middlebox"), settings), isOne);
  return found !== undefined && await isOne(found) ? found : undefined;
}

async function fromUrl(source: UrlSource, settings: PluginSettings): Promise<Middlebox> {
  const { middleboxOf, storedPlugin } = await import("./remote.ts");
  return await required(await middleboxOf(await storedPlugin(source, settings)), settings);
}

async function fromFile(
  file: string,
  name: string,
  settings: PluginSettings,
): Promise<Middlebox> {
  return await required(await checkMiddlebox(await loadModule(file), name, file), settings);
}

/** Checks that what it requires is there. */
async function required(box: Middlebox, settings: PluginSettings): Promise<Middlebox> {
  if (box.requires === undefined && box.conflicts === undefined) return box;
  const { checkRequired } = await import("./requires.ts");
  await checkRequired(box, settings);
  return box;
}
