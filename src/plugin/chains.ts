import type { Chain } from "../contract/chain.ts";
import { API_VERSION } from "../contract/manifest.ts";
import { Failure } from "../host/failure.ts";
import { checkChain } from "../observe/js/check.ts";
import { describe, describeAll } from "./describe.ts";
import type { Description } from "./description.ts";
import { findAll, findOne, type FoundPlugin } from "./finder.ts";
import { loadModule, moduleAt, named, pluginName } from "./local.ts";
import { lockPath, readLock } from "./lock.ts";
import { SourceReader } from "./reading/reader.ts";
import { type PluginSettings, USUAL } from "./settings.ts";
import { readSource, type UrlSource } from "./source.ts";
import { inRange } from "./version.ts";

/**
 * Loads a chain in JavaScript or TypeScript by its name in a folder of plugins or in the lock file, by
 * its path or its URL; undefined when none has that name. One without a name is called as its file is.
 *
 * @throws {Failure} when it cannot be loaded, is no chain, is not trusted, or lacks what it requires
 */
export async function loadChain(
  word: string,
  settings: PluginSettings = USUAL,
): Promise<Chain | undefined> {
  const source = readSource(word);
  if (source.kind === "url") return await fromUrl(source, settings);
  if (source.kind === "path") {
    const file = moduleAt(source.path);
    return await fromFile(file, pluginName(file), word, settings);
  }
  const found = await chainCalled(word, settings);
  if (found?.from === "url") {
    return await fromUrl({ kind: "url", url: found.url, pin: null }, settings);
  }
  if (found?.from === "folder") return await fromFile(found.path, word, found.path, settings);
  return undefined;
}

/** The chains in folders of plugins and in the lock file, as they say. None of them is run. */
export async function describedChains(
  settings: PluginSettings = USUAL,
): Promise<readonly Description[]> {
  const all = await describeAll(findAll([], settings), readLock(lockPath(settings.lock)));
  return all.filter(({ kind, broken }) => kind === "chain" && broken === null);
}

/** Their names. */
export async function chainNames(settings?: PluginSettings): Promise<readonly string[]> {
  return (await describedChains(settings)).map(({ name }) => name);
}

async function fromUrl(source: UrlSource, settings: PluginSettings): Promise<Chain> {
  const { chainOf, storedPlugin } = await import("./remote.ts");
  const chain = await chainOf(await storedPlugin(source, settings), settings.consent);
  await checkNeeds(chain, source.url, settings);
  return chain;
}

/** The one chain of a name, by what plugins say in their sources; undefined when there is none. */
async function chainCalled(
  name: string,
  settings: PluginSettings,
): Promise<FoundPlugin | undefined> {
  await using reader = new SourceReader();
  const locked = readLock(lockPath(settings.lock));
  const kinds = new Map<FoundPlugin, boolean>();
  const isChain = async (found: FoundPlugin) => {
    const known = kinds.get(found) ?? (await describe(found, locked, reader)).kind === "chain";
    kinds.set(found, known);
    return known;
  };
  const found = await findOne(name, findAll([], settings), isChain);
  return found !== undefined && await isChain(found) ? found : undefined;
}

/** Runs a module of this host; it exports a chain, of that name where it has none. */
async function fromFile(
  file: string,
  name: string,
  where: string,
  settings: PluginSettings,
): Promise<Chain> {
  const exported = await loadModule(file);
  const chain = checkChain(named(exported, name), where);
  await checkNeeds(chain, where, settings);
  return chain;
}

/** Checks that a chain is for this program, and that what it requires is there. */
async function checkNeeds(
  { name, version = "0.0.0", api, requires, conflicts }: Chain,
  where: string,
  settings: PluginSettings,
): Promise<void> {
  if (api !== undefined && !inRange(API_VERSION, api)) {
    throw new Failure(`${where} is for the contract ${api}, and this program has ${API_VERSION}`);
  }
  const { checkRequired } = await import("./requires.ts");
  const needs = { ...requires && { requires }, ...conflicts && { conflicts } };
  await checkRequired({ name, version, ...needs }, settings);
}
