import { ERRNO, errnoName } from "./errno.ts";
import { Failure } from "./failure.ts";
import { readDescriptor } from "./kernel_file.ts";
import { libc } from "./libc.ts";
import type { Packing } from "./packing.ts";
import { POLL, poll } from "./poll.ts";
import { Child, memoryFile, pipe } from "./spawn.ts";

/** How long to wait for the end of its output, and then for its exit, in milliseconds. */
const PATIENCE = 1000;

const SEEK_SET = 0;

/**
 * A program that unpacks, such as `gzip -dc`, whose output is a pipe. It ends with the pipe, also
 * when this program is killed.
 */
export class Unpacking {
  readonly #packing: Packing;
  readonly #child: Child;
  readonly #said: number;
  #ended = false;
  /** The descriptor to read what is unpacked from. Whoever reads it closes it. */
  readonly fd: number;

  /** Unpacks what the descriptor `from` gives. Throws a {@linkcode Failure} without the program. */
  constructor(packing: Packing, from: number) {
    this.#packing = packing;
    const { read, write } = pipe();
    this.fd = read;
    this.#said = memoryFile();
    this.#child = new Child([packing.name, "-dc"], [from, write, this.#said]);
    libc.close(write);
    const { errno } = this.#child;
    if (errno === 0) return;
    libc.close(read);
    libc.close(this.#said);
    throw new Failure(
      errno === ERRNO.ENOENT
        ? `${packing.name} is not installed: install it (Debian: apt install ${packing.package}), ` +
          "or unpack the capture first"
        : `${packing.name} cannot be started: ${errnoName(errno)}`,
    );
  }

  /**
   * Ends it: at once, or when it has unpacked the rest, which is thrown away, while it is soon.
   * What it got wrong may have ended the reading before the program knew. Returns what was wrong
   * with the packed data; null when nothing was, as far as it was read.
   */
  end(rest: boolean): string | null {
    if (this.#ended) return null;
    this.#ended = true;
    const { name, warning = 0 } = this.#packing;
    if (rest) throwAway(this.fd, PATIENCE);
    const status = this.#child.end(rest ? PATIENCE : 0);
    libc.lseek(this.#said, 0n, SEEK_SET);
    const said = readDescriptor(this.#said, `what ${name} said`);
    libc.close(this.#said);
    if (status === null || status === 0 || status === warning << 8) return null;
    return `its ${name} data is damaged: ${
      reasonIn(said) ?? `${name} ended with status ${status}`
    }`;
  }
}

/** Reads a pipe to its end, for a maximum number of milliseconds. */
function throwAway(fd: number, patience: number): void {
  const octets = new Uint8Array(1 << 16);
  const until = performance.now() + patience;
  for (let left = patience; left > 0; left = until - performance.now()) {
    if (poll(fd, POLL.in, left) === 0 || libc.read(fd, octets, BigInt(octets.length)) <= 0) return;
  }
}

/** What a program said first, without its own name and that of its standard input. */
function reasonIn(said: string): string | null {
  const line = said.trim().split("\n", 1)[0]!.trim();
  return line.replace(/^(\w+: )?((stdin|\(stdin\)|\/\*stdin\*\\) ?: )?/, "").replace(/;$/, "") ||
    null;
}
