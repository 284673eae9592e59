import { z } from "zod";
import { bootId, lives, networkNamespace, thisProcess } from "./process.ts";
import { stateDirectory, writing } from "./state.ts";
import { Undo } from "./undo.ts";

const Header = z.strictObject({
  version: z.literal(1),
  pid: z.int().positive(),
  start: z.int().nonnegative(),
  boot: z.string(),
  /** Inode of the network namespace that the process ran in. */
  netns: z.int(),
});
const Line = z.union([
  z.strictObject({ add: z.int(), undo: Undo }),
  z.strictObject({ done: z.int() }),
]);

/** Names of journals end with this. */
export const SUFFIX = ".journal";

/**
 * A journal as it lies on disk: a header, then one line for each thing that will have to be undone
 * and one when it was. Lines are only ever added, so a process that is killed while it writes
 * leaves a cut last line at worst, and what that line spoke of was not yet done.
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
  }

  /**
   * Makes a journal for this process. Call it under the lock: only then is an empty journal, seen
   * under the lock, known to be one whose process was killed.
   */
  static create(): JournalFile {
    return writing(() => {
      for (let count = 1;; count++) {
        const path = `${stateDirectory()}/${Deno.pid}-${count}${SUFFIX}`;
        try {
          const file = Deno.openSync(path, { createNew: true, write: true, mode: 0o600 });
          const header = {
            version: 1 as const,
            ...thisProcess(),
            boot: bootId(),
            netns: networkNamespace(),
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

  /** Opens another process's journal to go on with it. */
  static open(path: string, contents: Contents): JournalFile {
    return writing(() => {
      const file = Deno.openSync(path, { write: true });
      file.truncateSync(contents.length);
      file.seekSync(0, Deno.SeekMode.End);
      return new JournalFile(file, path, contents);
    });
  }

  /** Notes what is about to be done, and that it is safely noted. Returns its number. */
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

/**
 * Reads a journal. Null when it has no header yet.
 *
 * @throws {Error} when it is not a journal that this version understands
 */
export function readJournal(path: string): Contents | null {
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

/** Whether the process that wrote a journal still lives. */
export function inUse({ header }: Contents): boolean {
  return header.boot === bootId() && lives(header);
}
