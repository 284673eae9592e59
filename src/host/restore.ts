import { Failure } from "./failure.ts";
import { fileError } from "./file_error.ts";
import { undoAll } from "./journal.ts";
import { type Contents, type InspectedJournal, JournalFile, look, SUFFIX } from "./journal_file.ts";
import {
  bootId,
  findNamespace,
  gone,
  networkNamespace,
  processNamespace,
  seesProcessesOf,
} from "./process.ts";
import { locked, stateDirectory } from "./state.ts";
import { describe, inNamespace, outlivesBoot, type Undo } from "./undo.ts";

/** A journal whose process no longer lives. */
export interface Leftover {
  readonly path: string;
  /** The process that wrote it; null when the journal cannot be read. */
  readonly pid: number | null;
  /** What it left, as text. */
  readonly left: readonly string[];
}

/**
 * What spiders that were killed have left on this machine. Changes nothing, and needs no write
 * access to the state directory.
 *
 * @throws {Failure} when the state directory is there but not ours to read
 */
export function leftovers(): Leftover[] {
  return readJournals<Leftover>((path, { contents, inUse }) => {
    if (contents === null || inUse) return [];
    if (contents instanceof Error) return [{ path, pid: null, left: [contents.message] }];
    return [{ path, pid: contents.header.pid, left: [...contents.left.values()].map(describe) }];
  });
}

/**
 * Undoes what spiders that were killed have left on this machine. Journals of spiders that still
 * run are not touched.
 *
 * @returns what was done, or could not be done, in sentences
 * @throws {Failure} when the state directory is there but not ours to write
 */
export function restore(): string[] {
  return overJournals((path, { contents, inUse }) => {
    if (inUse) return [];
    if (contents instanceof Error) {
      return [
        `The journal ${path} cannot be understood and was left alone: ${contents.message}. ` +
        "The spider that wrote it can put back what it names: run its `spider doctor --restore`.",
      ];
    }
    if (contents === null) {
      Deno.removeSync(path);
      return [];
    }
    return restoreOne(path, contents);
  });
}

/** Something that is to be undone, and the process that did it. */
export interface Journaled {
  readonly undo: Undo;
  readonly pid: number;
  /** Inode of the network namespace that the process ran in. */
  readonly netns: number;
  /** Whether its id means that process here, too: it is of the same PID namespace. */
  readonly isNear: boolean;
  /** Whether that process still lives. */
  readonly alive: boolean;
  /** Whether it is this process. */
  readonly own: boolean;
}

/** The journals of the process of this id, also where nothing is left in them; and whether it lives. */
export function journalsOf(pid: number): readonly { readonly alive: boolean }[] {
  return readJournals((_, { contents, inUse: alive }) => {
    if (contents === null || contents instanceof Error) return [];
    return contents.header.pid === pid && isNear(contents) ? [{ alive }] : [];
  });
}

/** Everything that the journals on this machine list as to be undone, from all processes. */
export function journaled(): Journaled[] {
  return readJournals<Journaled>((_, { contents, inUse: alive, own }) => {
    if (contents === null || contents instanceof Error) return [];
    const { header } = contents;
    const common = { pid: header.pid, netns: header.netns, isNear: isNear(contents), alive, own };
    return [...contents.left.values()].map((undo) => ({ undo, ...common }));
  });
}

/** Whether the process id of a journal means that process here, too. */
function isNear({ header }: Contents): boolean {
  return header.version === 2 && header.pidns === processNamespace();
}

function restoreOne(path: string, contents: Contents): string[] {
  const { header } = contents;
  const { pid, boot, netns } = header;
  const rebooted = boot !== bootId();
  const place = netns === networkNamespace() ? null : findNamespace(netns) ?? undefined;
  const homeless = !rebooted && place === undefined &&
    [...contents.left.values()].some(inNamespace);
  // Whether a namespace is gone can be told only where all processes that could be in it are
  // visible
  if (homeless && header.version === 2 && !seesProcessesOf(header.pidns)) {
    return [
      `What process ${pid} left in another network namespace cannot be put back from this ` +
      "container: run spider doctor --restore outside of it.",
    ];
  }
  for (const [id, undo] of contents.left) {
    const lost = rebooted ? !outlivesBoot(undo) : inNamespace(undo) && place === undefined;
    if (lost) contents.left.delete(id);
  }
  using file = JournalFile.takeOver(path, contents);
  const undone = undoAll(file, (undo) => inNamespace(undo) ? place ?? null : null);
  if (file.left.size === 0) file.remove();
  return undone.map(({ undo, error }) =>
    error === null
      ? `Removed ${describe(undo)}, which process ${pid} had left.`
      : `Could not remove ${describe(undo)}, which process ${pid} had left: ${error}.`
  );
}

/** Visits the journals while no other spider makes or restores one. */
function overJournals<T>(visit: Visit<T>): T[] {
  return exists(stateDirectory()) ? locked(() => readJournals(visit)) : [];
}

type Visit<T> = (path: string, found: InspectedJournal) => T[];

/** Visits the journals as they are. One that is just being made may still be empty. */
function readJournals<T>(visit: Visit<T>): T[] {
  return names().filter((name) => name.endsWith(SUFFIX)).sort().flatMap((name) => {
    const path = `${stateDirectory()}/${name}`;
    const found = look(path);
    return found === null ? [] : visit(path, found);
  });
}

function names(): string[] {
  try {
    return [...Deno.readDirSync(stateDirectory())].map((entry) => entry.name);
  } catch (error) {
    if (gone(error)) return [];
    throw new Failure(`cannot read ${stateDirectory()}: ${fileError(error)}`, { cause: error });
  }
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch (error) {
    if (gone(error)) return false;
    throw error;
  }
}
