import { ERRNO, errnoName } from "./errno.ts";
import { Failure } from "./failure.ts";
import { readDescriptor } from "./kernel_file.ts";
import { libc } from "./libc.ts";
import { Child, memoryFile, pipe } from "./spawn.ts";

/** How long to wait for its exit once its output has ended, in milliseconds. */
const PATIENCE = 1000;

const SEEK_SET = 0;

/** gzip's exit status for a warning, such as trailing garbage that it left alone. */
const WARNING = 2;

/** A `gzip -dc` whose output is a pipe. It ends with the pipe, also when this program is killed. */
export class Gunzip {
  readonly #child: Child;
  readonly #said: number;
  #ended = false;
  /** The descriptor to read what is unpacked from. Whoever reads it closes it. */
  readonly fd: number;

  /** Unpacks what the descriptor `from` gives. Throws a {@linkcode Failure} without gzip. */
  constructor(from: number) {
    const { read, write } = pipe();
    this.fd = read;
    this.#said = memoryFile();
    this.#child = new Child(["gzip", "-dc"], [from, write, this.#said]);
    libc.close(write);
    const { errno } = this.#child;
    if (errno === 0) return;
    libc.close(read);
    libc.close(this.#said);
    throw new Failure(
      errno === ERRNO.ENOENT
        ? "gzip is not installed: install gzip, or unpack the capture first"
        : `gzip cannot be started: ${errnoName(errno)}`,
    );
  }

  /**
   * Ends it: at once, or in its own time when its output has ended. Returns what was wrong with the
   * packed data; null when nothing was, as far as it was read.
   */
  end(outputEnded: boolean): string | null {
    if (this.#ended) return null;
    this.#ended = true;
    const status = this.#child.end(outputEnded ? PATIENCE : 0);
    libc.lseek(this.#said, 0n, SEEK_SET);
    const said = readDescriptor(this.#said, "what gzip said");
    libc.close(this.#said);
    if (status === null || status === 0 || status === WARNING << 8) return null;
    return said.trim().replace(/^gzip: (stdin: )?/, "") || `gzip ended with status ${status}`;
  }
}
