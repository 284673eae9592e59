import { Failure } from "./failure.ts";
import { JournalFile } from "./journal_file.ts";
import { perform } from "./perform.ts";
import { locked } from "./state.ts";
import { describe, type Undo } from "./undo.ts";

/** Something noted in a journal, to be undone. */
export interface Entry {
  readonly id: number;
  readonly undo: Undo;
}

/**
 * The changes to the system that this process has to undo. A change is noted here before it is
 * made, so that a later run can undo it when this process is killed (see `restore`). Everything is
 * synchronous.
 *
 * ```ts ignore
 * using journal = Journal.open();
 * journal.add({ kind: "netns", name: "spider-lab-1" });
 * run("ip", ["netns", "add", "spider-lab-1"]);
 * ```
 */
export class Journal implements Disposable {
  #file: JournalFile | null;
  #closed = false;

  private constructor(file: JournalFile | null) {
    this.#file = file;
  }

  /**
   * Begins an empty journal.
   *
   * @throws {Failure} when the state directory cannot be written
   */
  static open(): Journal {
    return new Journal(locked(() => JournalFile.create()));
  }

  /**
   * The same, created only with the first change, for callers that most likely make none and may
   * not write there.
   */
  static whenNeeded(): Journal {
    return new Journal(null);
  }

  /**
   * Notes how to undo a change. Make the change only after this has returned.
   *
   * @throws {Failure} when the state directory cannot be written
   */
  add(undo: Undo): Entry {
    this.#file ??= locked(() => JournalFile.create());
    return { id: this.#file.add(undo), undo };
  }

  /**
   * Undoes one change; does nothing when that was done before.
   *
   * @throws {Failure} when it cannot be undone; it then stays in the journal
   */
  undo(entry: Entry): void {
    if (!this.#file?.left.has(entry.id)) return;
    perform(entry.undo);
    this.#file.done(entry.id);
  }

  /**
   * Undoes what is left, the last change first, and deletes the journal. Closing it again does
   * nothing.
   *
   * @throws {Failure} when something cannot be undone. The rest is undone anyway, and the journal
   *   stays for the next run.
   */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#file === null) return;
    const problems = undoAll(this.#file, () => null).filter((outcome) => outcome.error !== null);
    if (problems.length === 0) this.#file.remove();
    this.#file[Symbol.dispose]();
    if (problems.length > 0) {
      const each = problems.map(({ undo, error }) => `${describe(undo)}: ${error}`);
      throw new Failure(
        `could not remove ${each.join("; ")}; the next run of spider will try again`,
      );
    }
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** The outcome of undoing one change. */
export interface Undone {
  readonly undo: Undo;
  /** Why it could not be undone; null when it was. */
  readonly error: string | null;
}

/**
 * Undoes all that is left in a journal, the last change first, and goes on after an error.
 *
 * @param place the path of the network namespace in which to undo it; null for our own
 */
export function undoAll(file: JournalFile, place: (undo: Undo) => string | null): Undone[] {
  return [...file.left].reverse().map(([id, undo]) => {
    try {
      perform(undo, place(undo));
      file.done(id);
      return { undo, error: null };
    } catch (error) {
      return { undo, error: error instanceof Error ? error.message : String(error) };
    }
  });
}
