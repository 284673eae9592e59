import type { Chain } from "../contract/chain.ts";
import type { HttpEndpoint } from "../contract/endpoint.ts";
import type { PluginKind } from "../contract/manifest.ts";
import type { Spider } from "../contract/spider.ts";
import { Failure } from "../host/failure.ts";
import type { PluginOf } from "./bundled.ts";
import type { TrustedKind } from "./check_plugin.ts";
import { loadKind } from "./kind/registry.ts";
import {
  changeLock,
  LOCK_NAME,
  type LockedPlugin,
  lockedPlugin,
  lockPath,
  readLock,
  readLockFile,
} from "./lock.ts";
import { from } from "./provenance.ts";
import type { Described } from "./sandbox/message.ts";
import { sandboxedSpider } from "./sandbox/spider.ts";
import type { Sandbox } from "./sandbox/sandbox.ts";
import { startSandbox } from "./sandbox/start.ts";
import type { PluginExports } from "./local.ts";
import type { RemoteSettings } from "./settings.ts";
import type { UrlSource } from "./source.ts";
import { MANIFEST, Store } from "./store.ts";
import { withTests } from "./stored_tests.ts";
import type { Consent } from "./trust.ts";
import { MODULE } from "./worker_files.ts";

/** A plugin that was accepted, and lies checked in a folder of the store. */
export interface StoredPlugin {
  readonly url: string;
  /** The folder, with a slash at its end. */
  readonly folder: string;
  readonly locked: LockedPlugin;
}

/**
 * Loads a spider from a URL; see {@linkcode storedPlugin}.
 *
 * @throws {Failure} as that, and when it is no spider
 */
export async function loadRemote(source: UrlSource, settings: RemoteSettings): Promise<Spider> {
  return await spiderOf(await storedPlugin(source, settings), settings.consent);
}

/**
 * Finds a plugin from a URL: in the store when it was accepted before and its server has not changed
 * it, else from its server, when it is accepted now.
 *
 * @throws {Failure} when it cannot be fetched, is not what was accepted, or is not trusted
 */
export async function storedPlugin(
  source: UrlSource,
  settings: RemoteSettings,
): Promise<StoredPlugin> {
  const { url, pin } = source;
  const store = new Store();
  store.prepare();
  const path = lockPath(settings.lock);
  const locked = lockedPlugin(path, url);
  if (locked?.allow && settings.lock === undefined && path === LOCK_NAME) {
    throw new Failure(
      `${url} is allowed to do anything by the ${LOCK_NAME} of this folder, which may have come from ` +
        `elsewhere: if it is yours, add --lock ${LOCK_NAME}`,
    );
  }
  if (locked === undefined) {
    const { acceptNew } = await import("./accept.ts");
    const [folder, accepted] = await acceptNew(source, path, settings, false);
    return { url, folder, locked: accepted };
  }
  if (pin !== null && pin !== locked.sha256) {
    throw new Failure(
      `${url} was accepted as ${locked.sha256}, and #sha256= names ${pin}: ` +
        `spider plugins update ${url}, or leave the hash away`,
    );
  }
  // With a hash in the URL there is no need to ask the server
  if (pin === null && !settings.offline) {
    const { checkUnchanged } = await import("./unchanged.ts");
    await checkUnchanged(url, locked, settings.consent);
  }
  const there = await store.get(url, locked);
  if (there !== null) return { url, folder: there, locked };
  const { restoreStored } = await import("./accept.ts");
  const [folder, restored] = await restoreStored(url, locked, path, settings.consent);
  return { url, folder, locked: restored };
}

async function checkKind({ url, locked }: StoredPlugin, kind: PluginKind): Promise<void> {
  if (locked.kind === kind) return;
  throw new Failure(`${url} is ${(await loadKind(locked.kind)).title}, and no ${kind}`);
}

/**
 * The chain in the store.
 *
 * @throws {Failure} when it is no chain, or its module cannot be loaded
 */
export async function chainOf(stored: StoredPlugin, { tell }: Consent): Promise<Chain> {
  const { url, folder, locked } = stored;
  await checkKind(stored, "chain");
  if (locked.allow) {
    const { checkChain } = await import("../observe/js/check.ts");
    const { default: exported, tests } = await exportsOf(stored);
    const chain = checkChain(exported, url);
    await checkNames(chain, stored);
    return withTests(tests, chain);
  }
  const { sandboxedChain } = await import("./sandbox/chain/chain.ts");
  const sandbox = startSandbox(folder, locked, tell);
  try {
    return await sandboxedChain(describedIn(folder), sandbox, url);
  } catch (error) {
    sandbox.close();
    throw error;
  }
}

/**
 * The plugin in the store, of a kind that may do all that the program may.
 *
 * @throws {Failure} when it is of another kind, or its module cannot be loaded
 */
export async function trustedOf<Kind extends TrustedKind>(
  kind: Kind,
  stored: StoredPlugin,
): Promise<PluginOf[Kind]> {
  const { url, locked } = stored;
  await checkKind(stored, kind);
  const { checkPlugin } = await import("./check_plugin.ts");
  const { default: exported, tests } = await exportsOf(stored);
  const plugin = await checkPlugin(kind, exported, locked.name, url);
  await checkNames(plugin, stored);
  return withTests(tests, plugin);
}

/**
 * The endpoint in the store.
 *
 * @throws {Failure} when it is none, or its module cannot be loaded
 */
export async function endpointOf(stored: StoredPlugin, { tell }: Consent): Promise<HttpEndpoint> {
  const { folder, locked } = stored;
  if (locked.allow) return await trustedOf("endpoint", stored);
  await checkKind(stored, "endpoint");
  const { sandboxedEndpoint } = await import("./sandbox/endpoint.ts");
  let sandbox: Sandbox | undefined;
  return sandboxedEndpoint(
    describedIn(folder),
    () => sandbox ??= startSandbox(folder, locked, tell),
  );
}

/** What the module of a plugin exports that may do all that the program may. */
async function exportsOf({ folder }: StoredPlugin): Promise<PluginExports> {
  const { loadExports } = await import("./local.ts");
  return await loadExports(folder + MODULE);
}

/**
 * The spider in the store.
 *
 * @throws {Failure} when it is no spider, or its module cannot be loaded
 */
export async function spiderOf(stored: StoredPlugin, { tell }: Consent): Promise<Spider> {
  const { url, folder, locked } = stored;
  await checkKind(stored, "spider");
  const provenance = { place: url, sha256: locked.sha256 };
  if (locked.allow) {
    const { checkSpider } = await import("./check_spider.ts");
    const { default: exported, tests } = await exportsOf(stored);
    const spider = checkSpider(exported, locked.name, url);
    await checkNames(spider, stored);
    return withTests(tests, from(provenance, spider));
  }
  let sandbox: Sandbox | undefined;
  const start = () => sandbox ??= startSandbox(folder, locked, tell);
  return from(provenance, sandboxedSpider(describedIn(folder), start));
}

/**
 * Checks what a plugin calls itself once it runs, where its code makes that itself.
 *
 * @throws {Failure} when it speaks in the name of another
 */
async function checkNames(
  plugin: Spider | Chain | PluginOf[TrustedKind],
  { url, locked }: StoredPlugin,
): Promise<void> {
  const { borrowedNames } = await import("./condition_prefixes.ts");
  const problems = await borrowedNames({ data: { ...plugin }, functions: [], computed: [] });
  if (plugin.name !== locked.name || plugin.version !== locked.version) {
    problems.push("its name or version is not what its source says");
  }
  if (problems.length > 0) throw new Failure(`${url} cannot run: ${problems.join("; ")}`);
}

/** The stored description of a plugin. */
function describedIn(folder: string): Described {
  return JSON.parse(Deno.readTextFileSync(folder + MANIFEST));
}

/** Takes a plugin out of the lock file, and out of the store unless another one has the same code. */
export function forget(url: string, path: string): void {
  const { plugins, broken } = readLockFile(path);
  const locked = plugins[url];
  if (locked === undefined && !Object.hasOwn(broken, url)) {
    throw new Failure(`${path} has no plugin ${url}`);
  }
  changeLock(path, url, null);
  // What is stored of a broken entry is not known
  if (locked !== undefined) removeUnused(locked.sha256, path);
}

/** Takes code out of the store when no plugin of the lock file has it any more. */
export function removeUnused(graph: string, path: string): void {
  const used = Object.values(readLock(path)).some(({ sha256 }) => sha256 === graph);
  if (!used) new Store().remove(graph);
}
