import { certain, type FileStatus, fileStatus } from "./kernel_file.ts";
import { libc } from "./libc.ts";
import { cString } from "./libpcap.ts";

const READ = 0o2000000;
/** `O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC` */
const WRITE = 0o2001101;
const MODE = 0o666;
const CHUNK = 1 << 16;

/**
 * A file in /dev or /proc, such as `/dev/fd/3` for a shell's `<(command)`, `/dev/stdin`,
 * `/dev/full` or a file in /dev/shm, or a named pipe. See kernel_file.ts for why Deno does not open
 * what is in /dev and /proc.
 */
export class SpecialFile {
  readonly #fd: number;
  readonly #name: string;
  #reading = false;
  #closed = false;

  /** Opens it for reading, or made or emptied for writing. Throws as `Deno.openSync` does. */
  constructor(path: string, way: "read" | "write") {
    this.#name = path;
    const flags = way === "read" ? READ : WRITE;
    this.#fd = certain(path, () => libc.open_mode(cString(path), flags, MODE));
  }

  get fd(): number {
    return this.#fd;
  }

  statSync(): FileStatus {
    return fileStatus(this.#fd);
  }

  writeSync(octets: Uint8Array): number {
    const buffer = octets as Uint8Array<ArrayBuffer>;
    return certain(
      this.#name,
      () => libc.write(this.#fd, buffer, BigInt(octets.length)),
    );
  }

  truncateSync(length: number): void {
    certain(this.#name, () => libc.ftruncate(this.#fd, BigInt(length)));
  }

  /** What it holds; a read waits on another thread. It is closed at its end. */
  get readable(): ReadableStream<Uint8Array> {
    return new ReadableStream({
      pull: async (controller) => {
        const chunk = new Uint8Array(CHUNK);
        this.#reading = true;
        const got = await libc.read_nonblocking(this.#fd, chunk, BigInt(CHUNK));
        this.#reading = false;
        if (this.#closed) return this.#end();
        if (got > 0) return controller.enqueue(chunk.subarray(0, got));
        this.close();
        if (got === 0) controller.close();
        else controller.error(new Error(`${this.#name} could not be read on`));
      },
      cancel: () => this.close(),
    });
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    // Not during a read that waits: the number could be reused
    if (!this.#reading) this.#end();
  }

  #end(): void {
    libc.close(this.#fd);
  }
}

/** A file for writing, made or emptied. Throws as `Deno.openSync` does. */
export function openForWriting(path: string): Deno.FsFile | SpecialFile {
  try {
    // Writing to a pipe needs a check for room, and Deno's files do not expose their descriptor
    if (isFifo(path)) return new SpecialFile(path, "write");
    return Deno.openSync(path, { write: true, create: true, truncate: true });
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) return new SpecialFile(path, "write");
    throw error;
  }
}

function isFifo(path: string): boolean {
  try {
    return fileStatus(path).isFifo;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** A file for reading. Throws as `Deno.open` does. */
export async function openForReading(path: string): Promise<Deno.FsFile | SpecialFile> {
  try {
    // A named pipe waits for its writer here
    return await Deno.open(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) return new SpecialFile(path, "read");
    throw error;
  }
}
