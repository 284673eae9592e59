import { certain, type FileStatus, fileStatus } from "./kernel_file.ts";
import { libc } from "./libc.ts";
import { cString, fromC } from "./libpcap.ts";

/** `O_PATH | O_CLOEXEC`: what is opened so is looked at alone, so that a pipe or a device does not notice. */
const LOOK = 0o12000000;
/** `O_RDONLY | O_NONBLOCK | O_CLOEXEC`: not to wait for who holds a lease of the file (fcntl(2)). */
const READ = 0o2004000;
/** The longest path that the kernel knows (`PATH_MAX`). */
const LONGEST = 4096;
/** Octets that are read at once. */
const PIECE = 1 << 18;
/** Names whose kinds are looked at until others have their turn. */
const AT_ONCE = 200;
/** Where the name stands in the C library's `struct dirent` on 64-bit Linux. */
const D_NAME = 19;

/** What is in a folder. */
export interface FolderEntry {
  readonly name: string;
  readonly isDirectory: boolean;
  /** Octets. */
  readonly size: number;
}

/**
 * A file or a folder below another folder, held by its descriptor: what is renamed or linked in its place
 * after it was opened is neither read nor listed. It is to be closed, or read to its end.
 */
export class Beneath implements Disposable {
  /** Where it lies, without links. */
  readonly path: string;
  /** What it was when it was opened. */
  readonly status: FileStatus;
  readonly #fd: number;
  #reads = false;
  #closed = false;

  private constructor(fd: number, path: string, status: FileStatus) {
    this.#fd = fd;
    this.path = path;
    this.status = status;
  }

  /**
   * Opens what a path leads to. Null where there is nothing that may be read, it is neither a file nor a
   * folder, or it does not lie below the root: links may lead anywhere, and where they have led is what counts.
   *
   * @param root the folder, without links in its path
   */
  static open(root: string, path: string): Beneath | null {
    const seen = opened(path, LOOK);
    if (seen === null) return null;
    try {
      // Of the descriptor, not of the path, which may lead elsewhere by now
      const place = placeOf(seen);
      const status = fileStatus(seen);
      if (place === null || !isBelow(place, root)) return null;
      if (!status.isFile && !status.isDirectory) return null;
      const fd = opened(ofDescriptor(seen), READ);
      return fd === null ? null : new Beneath(fd, place, status);
    } finally {
      libc.close(seen);
    }
  }

  /**
   * The octets of a file from a place on, read on another thread. It is closed at their end, or when nobody
   * wants them any more; a file that has become shorter meanwhile is an error of the stream.
   */
  octets(first: number, length: number): ReadableStream<Uint8Array<ArrayBuffer>> {
    let [at, left] = [first, length];
    return new ReadableStream<Uint8Array<ArrayBuffer>>({
      pull: async (controller) => {
        if (left > 0) {
          const piece = new Uint8Array(Math.min(PIECE, left));
          this.#reads = true;
          const got = await libc.pread_nonblocking(
            this.#fd,
            piece,
            BigInt(piece.length),
            BigInt(at),
          );
          this.#reads = false;
          if (this.#closed) return this.#end();
          if (got <= 0) {
            this.close();
            return controller.error(new Error(`${this.path} could not be read on`));
          }
          [at, left] = [at + got, left - got];
          controller.enqueue(piece.subarray(0, got));
        }
        if (left > 0) return;
        this.close();
        controller.close();
      },
      cancel: () => this.close(),
    }, { highWaterMark: 0 });
  }

  /**
   * The files and folders in a folder, in no order; links are left out, and what is gone meanwhile.
   *
   * @param most how many at most
   * @param isWanted by their names
   */
  async entries(most: number, isWanted: (name: string) => boolean): Promise<FolderEntry[]> {
    const entries: FolderEntry[] = [];
    let folder: Deno.PointerValue = null;
    const { path } = this;
    certain(path, () => {
      folder = libc.opendir(cString(ofDescriptor(this.#fd)));
      return folder === null ? -1 : 0;
    });
    try {
      let count = 0;
      while (entries.length < most) {
        const entry = libc.readdir(folder);
        if (entry === null) break;
        const name = fromC(Deno.UnsafePointer.offset(entry, D_NAME));
        if (name === "." || name === ".." || !isWanted(name)) continue;
        const status = statusIn(this.#fd, name);
        if (status?.isFile || status?.isDirectory) {
          entries.push({ name, isDirectory: status.isDirectory, size: status.size });
        }
        if (++count % AT_ONCE === 0) await new Promise((go) => setTimeout(go));
      }
    } finally {
      libc.closedir(folder);
    }
    return entries;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    // Not during a read: the number could be another file's then
    if (!this.#reads) this.#end();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #end(): void {
    libc.close(this.#fd);
  }
}

/** A descriptor; null where there is nothing, or it may not be opened: which of the two is nobody's affair. */
function opened(path: string, flags: number): number | null {
  const fd = libc.open(cString(path), flags);
  return fd < 0 ? null : fd;
}

/** Leads to what a descriptor is of, whatever its name is by now (proc(5)). */
function ofDescriptor(fd: number): string {
  return `/proc/self/fd/${fd}`;
}

/** Where it lies what a descriptor is of; null for what is too far down to say. */
function placeOf(fd: number): string | null {
  const buffer = new Uint8Array(LONGEST);
  const length = libc.readlink(cString(ofDescriptor(fd)), buffer, BigInt(LONGEST));
  return length <= 0 || length === LONGEST
    ? null
    : new TextDecoder().decode(buffer.subarray(0, length));
}

function isBelow(path: string, root: string): boolean {
  return path === root || path.startsWith(root === "/" ? root : `${root}/`);
}

function statusIn(folder: number, name: string): FileStatus | null {
  try {
    return fileStatus(folder, name);
  } catch {
    return null; // it is gone, or may not be looked at
  }
}
