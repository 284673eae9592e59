import type { PluginKind } from "../contract/manifest.ts";
import { jsonText } from "../host/json_text.ts";
import { Failure } from "../host/failure.ts";
import { fileError } from "../host/file_error.ts";
import { isFile } from "../host/file_kind.ts";
import { isOurs } from "../host/is_ours.ts";
import { cleaned, quote } from "../target/quote.ts";
import { configFolder, storeFolder } from "./folders.ts";
import { isKind } from "./kind/registry.ts";
import { isPluginName, urlProblem } from "./source.ts";
import { isLine } from "./text.ts";

/** What a lock file is called. */
export const LOCK_NAME = "spider.lock.json";

/** A module as it was accepted. */
export interface LockedModule {
  readonly url: string;
  /** What redirected to it. */
  readonly aliases: readonly string[];
  readonly sha256: string;
  /** Octets of its source. */
  readonly size: number;
}

/** A plugin at a URL that was accepted. */
export interface LockedPlugin {
  readonly kind: PluginKind;
  readonly name: string;
  readonly version: string;
  readonly summary: string;
  /** Hash of the whole graph. */
  readonly sha256: string;
  /** It runs with all that the program itself may do. */
  readonly allow: boolean;
  readonly modules: readonly LockedModule[];
  /** Origins of servers besides its own that were accepted; missing when there are none. */
  readonly origins?: readonly string[];
  /** The built files: who built them, and their hash; see accept.ts. */
  readonly built: { readonly by: string; readonly sha256: string };
}

/** Plugins by their URLs. */
export type LockedPlugins = Readonly<Record<string, LockedPlugin>>;

/** What a lock file holds. */
export interface LockFile {
  readonly plugins: LockedPlugins;
  /** Entries that are incomplete or invalid, as they stand, by what stands in place of a URL. */
  readonly broken: Readonly<Record<string, unknown>>;
}

/**
 * The lock file to use: the one that is named, else the one in the working folder, else the user's.
 * One in the working folder may have come from elsewhere with that folder: it is trusted for
 * plugins that run without access, not for those that are allowed more.
 */
export function lockPath(named: string | undefined): string {
  if (named !== undefined) return named;
  const folder = configFolder();
  // Without a home only the working folder is left
  return folder === null || isFile(LOCK_NAME) ? LOCK_NAME : `${folder}/${LOCK_NAME}`;
}

/** The plugins of {@linkcode readLockFile} that can be used. */
export function readLock(path: string): LockedPlugins {
  return readLockFile(path).plugins;
}

/**
 * The entry of a plugin in a lock file; undefined when there is none.
 *
 * @throws {Failure} as {@linkcode readLockFile}, and when the entry is broken
 */
export function lockedPlugin(path: string, url: string): LockedPlugin | undefined {
  const { plugins, broken } = readLockFile(path);
  if (Object.hasOwn(broken, url)) throw new Failure(brokenEntry(path, url));
  return plugins[url];
}

/** Why a broken entry cannot be used, and what to do. */
export function brokenEntry(path: string, url: string): string {
  return `its entry in ${path} is incomplete or invalid: take it out with spider plugins remove ` +
    cleaned(url);
}

/**
 * Reads a lock file; nothing is locked by one that is not there. An entry that is broken costs that
 * entry alone.
 *
 * @throws {Failure} when it cannot be read, is not a lock file, or can be changed by another user
 */
export function readLockFile(path: string): LockFile {
  let text: string;
  try {
    // Opened once: the file that is read is the one that was checked, even if it was replaced
    // meanwhile
    using file = Deno.openSync(path);
    // It says which code may run
    if (!isOurs(file.statSync())) {
      throw new Failure(
        `${path} is not used, since another user can change it: chown and chmod it, or name another with --lock`,
      );
    }
    text = readWhole(file, path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return { plugins: {}, broken: {} };
    if (error instanceof Failure) throw error;
    throw new Failure(`${path} cannot be read: ${fileError(error)}`, { cause: error });
  }
  return checked(text, path);
}

/**
 * Changes one plugin of a lock file; null takes it out. Concurrent changes by other runs wait.
 *
 * @throws {Failure} when it cannot be written; it then is as it was
 */
export function changeLock(path: string, url: string, plugin: LockedPlugin | null): void {
  try {
    Deno.mkdirSync(storeFolder(), { recursive: true });
    const folder = path.slice(0, Math.max(0, path.lastIndexOf("/")));
    if (folder !== "") Deno.mkdirSync(folder, { recursive: true });
    using file = Deno.openSync(`${storeFolder()}/lock`, { create: true, write: true, mode: 0o600 });
    file.lockSync(true);
    const { plugins: usable, broken } = readLockFile(path);
    const { [url]: _, ...others } = { ...broken, ...usable };
    const plugins = plugin === null ? others : { ...others, [url]: plugin };
    const sorted = Object.fromEntries(Object.entries(plugins).sort(([a], [b]) => a < b ? -1 : 1));
    const temporary = `${path}.${crypto.randomUUID()}`;
    const text = jsonText({ version: 1, plugins: sorted }, 2) + "\n";
    // Others may be able to write to the working folder: their links are not followed
    Deno.writeTextFileSync(temporary, text, { mode: 0o644, createNew: true });
    try {
      Deno.renameSync(temporary, path);
    } catch (error) {
      Deno.removeSync(temporary);
      throw error;
    }
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(`${path} cannot be written: ${fileError(error)}`, { cause: error });
  }
}

/** The largest lock file, in octets: more than a thousand plugins. */
const MOST_OCTETS = 1 << 24;

/** The text of an open file. */
function readWhole(file: Deno.FsFile, path: string): string {
  const { size, isFile } = file.statSync();
  if (!isFile) throw new Failure(`${path} cannot be read: it is no file`);
  if (size > MOST_OCTETS) {
    throw new Failure(`${path} is not a lock file of spider: it is too large`);
  }
  const octets = new Uint8Array(size);
  let at = 0;
  for (let read: number | null = 0; read !== null && at < size; at += read ?? 0) {
    read = file.readSync(octets.subarray(at));
  }
  return new TextDecoder().decode(octets.subarray(0, at));
}

function checked(text: string, path: string): LockFile {
  const fail = (what: string): never => {
    throw new Failure(`${path} is not a lock file of spider: ${what}; fix it, or move it away`);
  };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return fail(`it is not JSON (${cleaned((error as Error).message)})`);
  }
  if (!isObject(value) || !isObject(value.plugins)) return fail("it has no plugins");
  if (value.version !== 1) return fail(`its version is ${quote(value.version)}, not 1`);
  const plugins: Record<string, LockedPlugin> = Object.create(null);
  const broken: Record<string, unknown> = Object.create(null);
  for (const [url, plugin] of Object.entries(value.plugins)) {
    if (isPluginUrl(url) && isLocked(plugin)) plugins[url] = plugin;
    else broken[url] = plugin;
  }
  return { plugins, broken };
}

const HASH = /^[0-9a-f]{64}$/;

function isLocked(value: unknown): value is LockedPlugin {
  if (!isObject(value) || !isObject(value.built)) return false;
  const { kind, name, version, summary, sha256, allow, modules, origins, built } = value;
  return isKind(kind) && [version, summary].every(isLine) && isName(name) &&
    [sha256, built.sha256].every(isHash) && isHex(built.by) &&
    typeof allow === "boolean" && Array.isArray(modules) && modules.length > 0 &&
    modules.every((module) =>
      isObject(module) && isPluginUrl(module.url) && isHash(module.sha256) &&
      Number.isSafeInteger(module.size) && Array.isArray(module.aliases) &&
      module.aliases.every(isPluginUrl)
    ) &&
    (origins === undefined || Array.isArray(origins) && origins.every(isOrigin));
}

/** Whether it is an origin of a server that code may come from. */
function isOrigin(value: unknown): boolean {
  return typeof value === "string" && isPluginUrl(`${value}/`);
}

/** Whether code may come from there, and it is written as `URL` writes it. */
function isPluginUrl(value: unknown): boolean {
  const url = typeof value === "string" ? URL.parse(value) : null;
  return url !== null && url.href === value && url.hash === "" && urlProblem(url) === null;
}

function isName(value: unknown): boolean {
  return typeof value === "string" && isPluginName(value);
}

function isHex(value: unknown): boolean {
  return typeof value === "string" && /^[0-9a-f]+$/.test(value);
}

function isHash(value: unknown): boolean {
  return typeof value === "string" && HASH.test(value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
