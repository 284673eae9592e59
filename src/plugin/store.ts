import { Failure } from "../host/failure.ts";
import { fileError } from "../host/file_error.ts";
import { isOurs } from "../host/is_ours.ts";
import type { Fetched } from "./fetch.ts";
import { storeFolder } from "./folders.ts";
import type { Graph } from "./graph.ts";
import { graphHash } from "./graph_hash.ts";
import type { LockedPlugin } from "./lock.ts";
import { sha256 } from "./sha256.ts";
import { builder, buildHash } from "./worker_files.ts";

/** Part of the names of files that another run is writing. */
const BEING_WRITTEN = "~";

/** A plugin's description, stored beside its code. */
export const MANIFEST = "manifest.json";

/**
 * Plugins from URLs as they lie on disk, each in a folder by the hash of its graph: the sources by
 * their SHA-256, and the built files.
 */
export class Store {
  readonly #root: string;

  constructor(root = storeFolder()) {
    this.#root = root;
  }

  /**
   * Begins what {@linkcode get} needs of a spider, which most plugins are: the first hash of a program
   * takes 2 ms, beside other work.
   */
  prepare(): void {
    builder("spider").catch(() => {}); // `get` rejects
  }

  /** The folder of a plugin. */
  folder(graph: string): string {
    return `${this.#root}/${graph}`;
  }

  /**
   * Stores the sources of a plugin. Existing files are replaced atomically.
   *
   * @throws {Failure} when the store cannot be written
   */
  putSources({ modules, sha256 }: Graph): void {
    const folder = `${this.folder(sha256)}/sources`;
    for (const { sha256, octets } of modules) write(folder, sha256, octets);
  }

  /**
   * Stores the built files of a plugin in place of the earlier ones. Returns the folder, with a
   * slash at its end.
   *
   * @throws {Failure} when the store cannot be written
   */
  putBuild(graph: string, by: string, files: ReadonlyMap<string, string>): string {
    const folder = `${this.folder(graph)}/${by}`;
    for (const [name, text] of files) write(folder, name, new TextEncoder().encode(text));
    return `${folder}/`;
  }

  /**
   * The folder of the built files of an accepted plugin, with every file of it and of the sources
   * checked against the lock. Null when it is not in the store, or was built by another version of
   * the program.
   *
   * @throws {Failure} when a file is not what was accepted
   */
  async get(url: string, locked: LockedPlugin): Promise<string | null> {
    const folder = `${this.folder(locked.sha256)}/${locked.built.by}/`;
    const files = filesOf(folder);
    // Hashing one after the other takes as long as all the rest
    const [sources, by, built] = await Promise.all([
      this.#sources(url, locked),
      builder(locked.kind),
      files === null ? null : buildHash(files),
    ]);
    if (sources === null || files === null || locked.built.by !== by) return null;
    // Between this check of the files and their loading nobody else may change them
    for (const one of [this.#root, this.folder(locked.sha256), folder]) checkOwn(one);
    if (built !== locked.built.sha256) throw altered(url, folder);
    return folder;
  }

  /**
   * Gives the sources of a plugin that was accepted, in place of its server. Null when they are not
   * in the store.
   *
   * @throws {Failure} when one of them is not what was accepted
   */
  async reader(
    url: string,
    locked: LockedPlugin,
  ): Promise<((asked: string) => Promise<Fetched>) | null> {
    const sources = await this.#sources(url, locked);
    if (sources === null) return null;
    return (asked) => {
      const at = locked.modules.findIndex(({ url, aliases }) =>
        url === asked || aliases.includes(asked)
      );
      if (at < 0) throw altered(url, this.folder(locked.sha256));
      return Promise.resolve({ url: locked.modules[at]!.url, octets: sources[at]! });
    };
  }

  /** Takes a plugin out of the store. */
  remove(graph: string): void {
    try {
      Deno.removeSync(this.folder(graph), { recursive: true });
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return;
      throw new Failure(`${this.folder(graph)} cannot be removed: ${fileError(error)}`);
    }
  }

  /** The sources in the order of the lock, checked; null when one is missing. */
  async #sources(url: string, locked: LockedPlugin): Promise<Uint8Array<ArrayBuffer>[] | null> {
    const folder = `${this.folder(locked.sha256)}/sources`;
    const [graph, ...sources] = await Promise.all([
      graphHash(locked.modules, url),
      ...locked.modules.map(async ({ sha256: wanted }) => {
        const octets = read(`${folder}/${wanted}`);
        return octets === null ? null : { octets, same: await sha256(octets) === wanted };
      }),
    ]);
    if (graph !== locked.sha256) {
      throw new Failure(
        `the lock file contradicts itself: the modules of ${url} do not make the hash ${locked.sha256}; ` +
          `spider plugins update ${url} sets it right`,
      );
    }
    const other = sources.findIndex((source) => source?.same === false);
    if (other >= 0) throw altered(url, `${folder}/${locked.modules[other]!.sha256}`);
    const octets = sources.map((source) => source?.octets ?? null);
    return octets.every((one) => one !== null) ? octets : null;
  }
}

/** @throws {Failure} when another user may put files of his into a folder */
function checkOwn(folder: string): void {
  if (isOurs(Deno.statSync(folder))) return;
  throw new Failure(
    `nothing in ${folder} is run, since another user can change it: chown and chmod it, or set ` +
      "XDG_DATA_HOME to a folder of your own",
  );
}

function filesOf(folder: string): Map<string, Uint8Array<ArrayBuffer>> | null {
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  try {
    for (const { name } of Deno.readDirSync(folder)) {
      if (!name.includes(BEING_WRITTEN)) files.set(name, Deno.readFileSync(folder + name));
    }
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw new Failure(`${folder} cannot be read: ${fileError(error)}`, { cause: error });
  }
  return files;
}

function read(path: string): Uint8Array<ArrayBuffer> | null {
  try {
    return Deno.readFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw new Failure(`${path} cannot be read: ${fileError(error)}`, { cause: error });
  }
}

function write(folder: string, name: string, octets: Uint8Array): void {
  try {
    Deno.mkdirSync(folder, { recursive: true });
    const temporary = `${folder}/${name}${BEING_WRITTEN}${Deno.pid}`;
    Deno.writeFileSync(temporary, octets);
    Deno.renameSync(temporary, `${folder}/${name}`);
  } catch (error) {
    throw new Failure(`the plugin cannot be kept in ${folder}: ${fileError(error)}`, {
      cause: error,
    });
  }
}

function altered(url: string, path: string): Failure {
  return new Failure(
    `${path} was altered since ${url} was accepted: nothing of it is run; ` +
      `spider plugins update ${url} fetches it again`,
  );
}
