import type { Chain } from "../contract/chain.ts";
import { API_VERSION } from "../contract/manifest.ts";
import { Failure } from "../host/failure.ts";
import { checkChain } from "../observe/js/check.ts";
import { describe, describeAll } from "./describe.ts";
import type { Description } from "./description.ts";
import { findAll, findOne, type FoundPlugin } from "./finder.ts";
import { loadModule, moduleAt, pluginName } from "./local.ts";
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
    return await checked(await loadModule(file), pluginName(file), word, settings);
  }
  const found = await findOne(word, findAll([], settings), (one) => isChain(one, settings));
  if (found === undefined || !await isChain(found, settings)) return undefined;
  if (found.from === "url") {
    return await fromUrl({ kind: "url", url: found.url, pin: null }, settings);
  }
  const { path } = found as { readonly path: string };
  return await checked(await loadModule(path), word, path, settings);
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
  const { exportsOf, storedPlugin } = await import("./remote.ts");
  const stored = await storedPlugin(source, settings);
  const { url, locked } = stored;
  if (locked.kind !== "chain") throw new Failure(`${url} is a ${locked.kind}, and no chain`);
  return await checked((await exportsOf(stored)).default, locked.name, url, settings);
}

async function isChain(found: FoundPlugin, { lock }: PluginSettings): Promise<boolean> {
  await using reader = new SourceReader();
  return (await describe(found, readLock(lockPath(lock)), reader)).kind === "chain";
}

/** What a module exports, checked, as a chain of that name where it has none. */
async function checked(
  exported: unknown,
  name: string,
  where: string,
  settings: PluginSettings,
): Promise<Chain> {
  const nameless = typeof exported === "object" && exported !== null && !("name" in exported);
  const chain = checkChain(nameless ? { ...exported, name } : exported, where);
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
