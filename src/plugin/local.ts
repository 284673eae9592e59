// @ts-types="../types/colors.d.ts"
import { stripAnsiCode } from "@std/fmt/colors";
import { basename, dirname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { Failure } from "../host/failure.ts";
import { isFile, isFolder } from "../host/file_kind.ts";
import { stackOutside } from "../host/stack.ts";

/** Names of the file of a plugin that is a folder. */
const FOLDER_MODULES = ["mod.ts", "mod.mts", "mod.js", "mod.mjs"];
/** Endings of a plugin that is a file. */
const ENDINGS = [".ts", ".mts", ".js", ".mjs"];

/**
 * The module that a path names: a file, or the `mod.ts` of a folder.
 *
 * @throws {Failure} when there is none
 */
export function moduleAt(path: string): string {
  if (isFile(path)) return path;
  if (!isFolder(path)) throw new Failure(`there is no plugin ${path}: no such file or folder`);
  const name = FOLDER_MODULES.find((name) => isFile(`${path}/${name}`));
  if (name === undefined) throw new Failure(`${path} is no plugin: a folder needs a mod.ts`);
  return `${path.replace(/\/+$/, "")}/${name}`;
}

/** A plugin in a folder of plugins. */
export interface LocalPlugin {
  readonly name: string;
  /** Its module's file. */
  readonly path: string;
}

/**
 * The plugins in a folder of plugins: every file of code, and every folder with a `mod.ts`.
 *
 * @throws {Failure} when it cannot be read
 */
export function pluginsIn(folder: string): LocalPlugin[] {
  const found: LocalPlugin[] = [];
  try {
    for (const { name } of Deno.readDirSync(folder)) {
      const path = `${folder}/${name}`;
      if (/^[._]|_test\.|\.d\.ts$/.test(name)) continue;
      if (isFolder(path)) {
        const file = FOLDER_MODULES.find((file) => isFile(`${path}/${file}`));
        if (file !== undefined) found.push({ name, path: `${path}/${file}` });
      } else if (ENDINGS.some((ending) => name.endsWith(ending))) {
        found.push({ name: pluginName(path), path });
      }
    }
  } catch (error) {
    throw new Failure(`the plugin folder ${folder} cannot be read: ${(error as Error).message}`, {
      cause: error,
    });
  }
  return found.sort((a, b) => a.path < b.path ? -1 : 1);
}

/** What a plugin's file is called without its ending; that of a `mod.ts` is its folder's name. */
export function pluginName(path: string): string {
  const file = basename(path);
  return FOLDER_MODULES.includes(file)
    ? basename(dirname(resolve(path)))
    : file.replace(/\.[^.]*$/, "");
}

/**
 * Runs a module of this host, with all that the program itself may do; its default export.
 *
 * @throws {Failure} when it cannot be loaded
 */
export async function loadModule(path: string): Promise<unknown> {
  return (await loadExports(path)).default;
}

/** What a plugin's module exports. */
export interface PluginExports {
  readonly default: unknown;
  /** The plugin's tests, see the contract's `SpiderTest` and `ChainTest`. */
  readonly tests?: unknown;
}

/**
 * Runs a module of this host as {@linkcode loadModule} does; all that it exports.
 *
 * @throws {Failure} when it cannot be loaded
 */
export async function loadExports(path: string): Promise<PluginExports> {
  let module: Record<string, unknown>;
  try {
    module = await import(pathToFileURL(resolve(path)).href);
  } catch (error) {
    throw new Failure(`${path} cannot be loaded: ${reasonOf(error)}`, { cause: error });
  }
  if (Object.hasOwn(module, "default")) return module as unknown as PluginExports;
  throw new Failure(`${path} is not a plugin: it has no default export`);
}

/** What a module exports, with a name where it has none. */
export function named(exported: unknown, name: string): unknown {
  const nameless = typeof exported === "object" && exported !== null && !("name" in exported);
  return nameless ? { name, ...exported } : exported;
}

/** Why a module cannot be loaded: what Deno says of its source, or what it threw with its own lines. */
function reasonOf(error: unknown): string {
  const ofSource = error instanceof SyntaxError ||
    (error instanceof TypeError && /^(SyntaxError|Module not found)/.test(error.message));
  return stripAnsiCode(ofSource ? error.message : stackOutside(error, import.meta.url));
}
