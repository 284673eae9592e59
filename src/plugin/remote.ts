import type { Spider } from "../contract/spider.ts";
import { Failure } from "../host/failure.ts";
import { FetchFailure, fetchModule } from "./fetch.ts";
import {
  changeLock,
  LOCK_NAME,
  type LockedPlugin,
  lockedPlugin,
  lockPath,
  readLock,
  readLockFile,
} from "./lock.ts";
import { from } from "./origin.ts";
import { sandboxedSpider } from "./sandbox/spider.ts";
import type { Sandbox } from "./sandbox/sandbox.ts";
import { startSandbox } from "./sandbox/start.ts";
import type { RemoteSettings } from "./settings.ts";
import { sha256 } from "./sha256.ts";
import type { UrlSource } from "./source.ts";
import { MANIFEST, Store } from "./store.ts";
import type { Consent } from "./trust.ts";
import { MODULE } from "./worker_files.ts";

/** Time limit for asking the servers of a stored plugin whether it has changed, in milliseconds. */
const SAME_MS = 3000;

/**
 * Loads a spider from a URL: from the store when it was accepted before and its server has not
 * changed it, else from its server, when it is accepted now.
 *
 * @throws {Failure} when it cannot be fetched, is not what was accepted, or is not trusted
 */
export async function loadRemote(source: UrlSource, settings: RemoteSettings): Promise<Spider> {
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
    const accepted = await acceptNew(source, path, settings, false);
    return await loadStored(url, ...accepted, settings.consent);
  }
  if (pin !== null && pin !== locked.sha256) {
    throw new Failure(
      `${url} was accepted as ${locked.sha256}, and #sha256= names ${pin}: ` +
        `spider plugins update ${url}, or leave the hash away`,
    );
  }
  // With a hash in the URL there is no need to ask the server
  if (pin === null && !settings.offline) await checkUnchanged(url, locked, settings.consent);
  const folder = await store.get(url, locked);
  if (folder !== null) return await loadStored(url, folder, locked, settings.consent);
  const { restoreStored } = await import("./accept.ts");
  const restored = await restoreStored(url, locked, path, settings.consent);
  return await loadStored(url, ...restored, settings.consent);
}

/** Loads what lies in a folder of the store, checked. */
async function loadStored(
  url: string,
  folder: string,
  locked: LockedPlugin,
  { tell }: Consent,
): Promise<Spider> {
  const origin = { place: url, sha256: locked.sha256 };
  if (locked.allow) {
    const { loadModule } = await import("./local.ts");
    const { checkSpider } = await import("./check_spider.ts");
    return from(origin, checkSpider(await loadModule(folder + MODULE), locked.name, url));
  }
  const described = JSON.parse(Deno.readTextFileSync(folder + MANIFEST));
  let sandbox: Sandbox | undefined;
  const start = () => sandbox ??= startSandbox(folder, locked, tell);
  return from(origin, sandboxedSpider(described, start));
}

/**
 * Asks the servers of an accepted plugin whether it is still the same. Where they cannot be
 * reached, the accepted version is used.
 *
 * @throws {Failure} with both hashes when it has changed
 */
async function checkUnchanged(
  url: string,
  locked: LockedPlugin,
  { tell }: Consent,
): Promise<void> {
  const signal = AbortSignal.timeout(SAME_MS);
  try {
    const same = await Promise.all(locked.modules.map(async (module, at) => {
      const { octets } = await fetchModule(at === 0 ? url : module.url, signal);
      return await sha256(octets) === module.sha256;
    }));
    if (same.every((one) => one)) return;
  } catch (error) {
    if (!(error instanceof FetchFailure)) throw error;
    tell(`warning: ${error.message}; running the stored copy of ${url}`);
    return;
  }
  const { fetchGraph } = await import("./inspect.ts");
  const { sha256: now } = await fetchGraph(url);
  throw new Failure(
    `${url} has changed: ${locked.sha256} was accepted, and now it is ${now}; ` +
      `see it with spider plugins update ${url}, or run what was accepted with --offline`,
  );
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
