import { API_VERSION } from "../contract/manifest.ts";
import { Failure } from "../host/failure.ts";
import { VERSION } from "../version.ts";
import type { Description } from "./description.ts";
import { storeFolder } from "./folders.ts";
import type { LocalPlugin } from "./local.ts";

/** The program version that described them: another one may find other faults. */
const READ_BY = [VERSION, API_VERSION, Deno.version.deno].join(" ");
/** Two changes of a file this close to each other, in milliseconds, may look like one. */
const CLOSE_MS = 2000;
/** The most files that are remembered. */
const MOST = 1000;

/** A file as it was when it was described. */
interface Remembered {
  readonly stamp: string;
  readonly description: Description;
}

/**
 * Descriptions of plugins on this host from earlier runs: parsing a file takes far longer than
 * checking that it has not changed. They are for lists only. Where they cannot be kept, all files
 * are parsed each time.
 */
export class Descriptions {
  readonly #path: string | null = cachePath();
  readonly #remembered: Map<string, Remembered>;
  #changed = false;

  constructor() {
    this.#remembered = new Map(read(this.#path));
  }

  /** The description of a file, made by `make` unless it is as it was. */
  async of(plugin: LocalPlugin, make: () => Promise<Description>): Promise<Description> {
    const key = `${plugin.name} ${plugin.path}`;
    const stamp = plugin.path.startsWith("/") ? stampOf(plugin.path) : null;
    const known = this.#remembered.get(key);
    if (stamp !== null && known?.stamp === stamp) return known.description;
    const description = await make();
    if (stamp !== null) {
      this.#remembered.delete(key); // the latest are at the end
      this.#remembered.set(key, { stamp, description });
      this.#changed = true;
    }
    return description;
  }

  /** Keeps what was added for later runs. */
  save(): void {
    if (!this.#changed || this.#path === null) return;
    const plugins = [...this.#remembered].slice(-MOST);
    const temporary = `${this.#path}.${crypto.randomUUID()}`;
    try {
      Deno.mkdirSync(this.#path.replace(/\/[^/]*$/, ""), { recursive: true });
      const text = JSON.stringify({ by: READ_BY, plugins });
      Deno.writeTextFileSync(temporary, text, { mode: 0o600, createNew: true });
      Deno.renameSync(temporary, this.#path);
    } catch {
      return; // a home that cannot be written only costs time
    }
  }
}

function cachePath(): string | null {
  try {
    return `${storeFolder()}/described.json`;
  } catch (error) {
    if (error instanceof Failure) return null;
    throw error;
  }
}

/** The stored descriptions that are valid. */
function read(path: string | null): [string, Remembered][] {
  if (path === null) return [];
  try {
    const { by, plugins } = JSON.parse(Deno.readTextFileSync(path));
    return by === READ_BY && plugins.every(isEntry) ? plugins : [];
  } catch {
    return []; // missing or damaged: it is made again
  }
}

function isEntry(entry: unknown): entry is [string, Remembered] {
  if (!Array.isArray(entry) || typeof entry[0] !== "string") return false;
  const { stamp, description } = entry[1] as Partial<Remembered>;
  if (typeof stamp !== "string" || typeof description !== "object") return false;
  const { name, kind, version, summary, from, place, broken } = description;
  return typeof name === "string" && from === "folder" && typeof place === "string" &&
    [kind, version, summary, broken].every((text) => text === null || typeof text === "string");
}

/** Changes whenever a file does; null where that cannot be told. */
function stampOf(path: string): string | null {
  try {
    const { mtime, ctime, size, ino, dev } = Deno.statSync(path);
    if (mtime === null || ctime === null) return null;
    const latest = Math.max(mtime.getTime(), ctime.getTime());
    if (Math.abs(Date.now() - latest) < CLOSE_MS) return null;
    return [mtime.getTime(), ctime.getTime(), size, ino, dev].join(" ");
  } catch {
    return null; // the reader reports why not
  }
}
