import { z } from "zod";
import { fileStatus } from "./kernel_file.ts";
import { bootId, gone, lives, networkNamespace, processNamespace } from "./process.ts";
import { stateDirectory, writing } from "./state.ts";
import { Undo } from "./undo.ts";

/** As it was written before journals were locked: the process is known by its id and start alone. */
const UnlockedHeader = z.strictObject({
  version: z.literal(1),
  pid: z.int().positive(),
  start: z.int().nonnegative(),
  boot: z.string(),
  /** Inode of the network namespace that the process ran in. */
  netns: z.int(),
});
const LockedHeader = z.strictObject({
  version: z.literal(2),
  /** For information only: another PID namespace may have given the same id to another process. */
  pid: z.int().positive(),
  boot: z.string(),
  /** Inode of the network namespace that the process ran in. */
  netns: z.int(),
  /** Inode of its PID namespace. */
  pidns: z.int(),
});
const Header = z.discriminatedUnion("version", [UnlockedHeader, LockedHeader]);
const Line = z.union([
  z.strictObject({ add: z.int(), undo: Undo }),
  z.strictObject({ done: z.int() }),
]);

/** Names of journals end with this. */
export const SUFFIX = ".journal";

/** The paths of the journals that this process holds. */
const held = new Set<string>();

/**
 * A journal as it lies on disk: a header, then one line for each thing that will have to be undone
 * and one when it was. Lines are only ever added, so a process that is killed while it writes
 * leaves a cut last line at worst, for a change that was not yet made.
 *
 * Its process holds a lock on it (flock(2)), which the kernel drops when the process ends, however
 * that happens. So every process that can open the file can tell whether it is in use, also one in a
 * PID namespace in which the process that holds it has another id, or none.
 */
export class JournalFile implements Disposable {
  readonly #file: Deno.FsFile;
  #next = 1;
  readonly path: string;
  readonly header: Readonly<z.infer<typeof Header>>;
  /** What is still to be undone, by number, oldest first. */
  readonly left: Map<number, Undo>;

  private constructor(file: Deno.FsFile, path: string, contents: Contents) {
    this.#file = file;
    this.path = path;
    this.header = contents.header;
    this.left = contents.left;
    held.add(path);
  }

  /**
   * Makes a journal for this process. Call it under the lock of the state directory: only then is a
   * journal without a header, seen under that lock, known to be one whose process was killed.
   */
  static create(): JournalFile {
    return writing(() => {
      for (let count = 1;; count++) {
        const path = `${stateDirectory()}/${Deno.pid}-${count}${SUFFIX}`;
        try {
          const file = Deno.openSync(path, { createNew: true, write: true, mode: 0o600 });
          file.lockSync(true);
          const header = {
            version: 2 as const,
            pid: Deno.pid,
            boot: bootId(),
            netns: networkNamespace(),
            pidns: processNamespace(),
          };
          const journal = new JournalFile(file, path, { header, left: new Map(), length: 0 });
          journal.#append(header);
          return journal;
        } catch (error) {
          if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
        }
      }
    });
  }

  /**
   * Takes over the journal of a process that has ended, to go on with it. Call it under the lock of
   * the state directory, so that nobody else does.
   *
   * @param contents what was found in it
   */
  static takeOver(path: string, contents: Contents): JournalFile {
    return writing(() => {
      const file = Deno.openSync(path, { write: true });
      // Readers hold the lock for a moment
      file.lockSync(true);
      file.truncateSync(contents.length);
      file.seekSync(0, Deno.SeekMode.End);
      return new JournalFile(file, path, contents);
    });
  }

  /** Records what is about to be done, and syncs it to disk. Returns its number. */
  add(undo: Undo): number {
    const id = this.#next++;
    this.#append({ add: id, undo: Undo.parse(undo) });
    this.left.set(id, undo);
    return id;
  }

  /** Notes that it was undone. */
  done(id: number): void {
    this.#append({ done: id });
    this.left.delete(id);
  }

  /** Deletes the journal. */
  remove(): void {
    writing(() => Deno.removeSync(this.path));
  }

  [Symbol.dispose](): void {
    held.delete(this.path);
    this.#file.close();
  }

  #append(line: unknown): void {
    writing(() => {
      const bytes = new TextEncoder().encode(JSON.stringify(line) + "\n");
      for (let at = 0; at < bytes.length;) at += this.#file.writeSync(bytes.subarray(at));
      this.#file.syncSync();
    });
  }
}

/** What stands in a journal. */
export interface Contents {
  readonly header: Readonly<z.infer<typeof Header>>;
  readonly left: Map<number, Undo>;
  /** Octets up to the end of the last whole line. */
  readonly length: number;
}

/** An inspected journal. */
export interface InspectedJournal {
  /** Null when it has no header yet; an error when it is not a journal that this version knows. */
  readonly contents: Contents | Error | null;
  /** Whether the process that wrote it still lives. */
  readonly inUse: boolean;
  /** Whether that is this process. */
  readonly own: boolean;
}

/** Looks at a journal, and changes nothing; null when it is not there, or not any more. */
export function look(path: string): InspectedJournal | null {
  let file: Deno.FsFile;
  try {
    file = Deno.openSync(path);
  } catch (error) {
    if (gone(error)) return null;
    return { contents: asError(error), inUse: false, own: false };
  }
  try {
    // Shared, so that two readers do not mistake each other for its process
    const free = file.tryLockSync(false);
    // Its process may have ended, and deleted it, after the file was opened
    if (!isStill(path, file)) return null;
    const contents = read(path);
    if (contents === undefined) return null;
    const alive = contents !== null && !(contents instanceof Error) && livesUnlocked(contents);
    return { contents, inUse: !free || alive, own: held.has(path) };
  } finally {
    file.close();
  }
}

/** Whether a path still leads to a file that was opened by it. */
function isStill(path: string, file: Deno.FsFile): boolean {
  try {
    return fileStatus(path).inode === file.statSync().ino;
  } catch (error) {
    if (gone(error)) return false;
    throw error;
  }
}

/** Whether the process lives that wrote a journal as it was done before journals were locked. */
function livesUnlocked({ header }: Contents): boolean {
  return header.version === 1 && header.boot === bootId() && lives(header);
}

/** The error, as one line, of a journal that cannot be read; undefined when it is just gone. */
function read(path: string): Contents | Error | null | undefined {
  try {
    return readJournal(path);
  } catch (error) {
    if (gone(error)) return undefined;
    if (error instanceof SyntaxError) return new Error("it is not JSON");
    if (error instanceof z.ZodError) return new Error("it holds what this version does not know");
    return asError(error);
  }
}

/** Throws when it is not a journal that this version understands. */
function readJournal(path: string): Contents | null {
  const text = Deno.readTextFileSync(path);
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  const [first, ...rest] = whole.split("\n").slice(0, -1);
  if (first === undefined) return null;
  const left = new Map<number, Undo>();
  for (const row of rest) {
    const line = Line.parse(JSON.parse(row));
    if ("done" in line) left.delete(line.done);
    else left.set(line.add, line.undo);
  }
  const length = new TextEncoder().encode(whole).length;
  return { header: Header.parse(JSON.parse(first)), left, length };
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
