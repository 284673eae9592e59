import type { OptionValues } from "../contract/option.ts";
import type { Spider } from "../contract/spider.ts";
import { Failure } from "../host/failure.ts";
import { bundledNames, bundledPlugins, loadBundled } from "./bundled.ts";
import { findAll, findOne, type FoundPlugin } from "./finder.ts";
import { lockPath, readLock } from "./lock.ts";
import { loadRemote } from "./remote.ts";
import { from, provenanceOf } from "./provenance.ts";
import { type PluginSettings, USUAL } from "./settings.ts";
import { withMembers, withOptions as withArms } from "./sandbox/spider.ts";
import { isPluginName, readSource } from "./source.ts";

/** Names of the spiders that ship with the program. */
export function spiderNames(): readonly string[] {
  return bundledNames("spider");
}

/**
 * Loads a spider by its name, its path or its URL; undefined when none has that name.
 *
 * @throws {Failure} when it cannot be loaded, is no spider, is not trusted, or lacks what it requires
 */
export async function loadSpider(word: string, settings = USUAL): Promise<Spider | undefined> {
  const spider = await find(word, settings);
  if (spider?.requires === undefined && spider?.conflicts === undefined) return spider;
  const { checkRequired } = await import("./requires.ts");
  await checkRequired(spider, settings);
  return spider;
}

/**
 * The spider ready to run: with its arms under its options, and the chains that it names. Help needs
 * neither, and does not wait for what loads them.
 *
 * @throws {Failure} when it cannot be run so, or there is no chain of a name
 */
export async function withOptions(
  spider: Spider,
  options: OptionValues,
  settings: PluginSettings = USUAL,
): Promise<Spider> {
  // Those that ship with the program name no plugins, and run in no worker
  if (provenanceOf(spider) === undefined) return spider;
  // A worker starts while chains are looked for
  const [ready, chains] = await Promise.all([
    withArms(spider, options),
    import("./named_chains.ts").then(({ namedChains }) => namedChains(spider, settings)),
  ]);
  return chains === spider.chains ? ready : withMembers(ready, { chains });
}

/** The names that {@linkcode loadSpider} takes in the usual places. None of the plugins is run. */
export async function pluginNames(): Promise<readonly string[]> {
  const { describeAll } = await import("./describe.ts");
  const all = await describeAll(
    findAll(bundledPlugins("spider"), USUAL),
    readLock(lockPath(undefined)),
  );
  const usable = all.filter(({ kind, broken }) => kind === "spider" && broken === null);
  return [...new Set(usable.map(({ name }) => name).filter(isPluginName))];
}

async function find(word: string, settings: PluginSettings): Promise<Spider | undefined> {
  const source = readSource(word);
  if (source.kind === "url") return await loadRemote(source, settings);
  if (source.kind === "path") return await loadLocal(source.path);
  const found = await findOne(source.name, findAll(bundledPlugins("spider"), settings), isSpider);
  if (found === undefined) return undefined;
  if (found.from === "bundled") return await loadBundled("spider", found.name);
  if (found.from === "url") {
    return await loadRemote({ kind: "url", url: found.url, pin: null }, settings);
  }
  return await loadLocal(found.path, found.name);
}

/** Loads a spider from a file or a folder; in a folder of plugins it must be called as its file is. */
async function loadLocal(path: string, called?: string): Promise<Spider> {
  const { loadModule, moduleAt, pluginName } = await import("./local.ts");
  const { checkSpider } = await import("./check_spider.ts");
  const file = moduleAt(path);
  const checked = checkSpider(await loadModule(file), pluginName(file), path);
  const spider = from({ place: file, sha256: null }, checked);
  if (called === undefined || spider.name === called) return spider;
  throw new Failure(`${path} calls itself ${spider.name}: rename the file, or the plugin in it`);
}

/** Whether a plugin is a spider, without running it. */
async function isSpider(found: FoundPlugin): Promise<boolean> {
  if (found.from !== "folder") return true;
  const { describeLocal } = await import("./describe_local.ts");
  const { SourceReader } = await import("./reading/reader.ts");
  await using reader = new SourceReader();
  return (await describeLocal(found, reader)).kind === "spider";
}
