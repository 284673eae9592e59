import { errnoName } from "./errno.ts";
import { Failure } from "./failure.ts";
import { certain, fileStatus } from "./kernel_file.ts";
import { lastErrno, libc } from "./libc.ts";
import { cString } from "./libpcap.ts";
import { POLL, poll, pollRequest } from "./poll.ts";
import { PACKING_BEGIN, packingOf } from "./packing.ts";
import { peekPipe } from "./spawn.ts";
import { STANDARD } from "./standard.ts";
import { Unpacking } from "./unpacking.ts";

const RDONLY_CLOEXEC = 0o2000000;
const SEEK_CUR = 1;
/**
 * The longest that a thread of the pool is blocked, in milliseconds: how late an abort may be
 * noticed.
 */
const LONGEST_WAIT = 100;

/** The octets of a capture, unpacked: of a file, a pipe, or what its packer's program gives. */
export class CaptureInput {
  readonly #name: string;
  readonly #unpacking: Unpacking | null;
  /** Where the file itself is read; its position says how far that has come. */
  readonly #packed: number;
  /** Octets of a real file; null when it is a pipe. */
  readonly #size: number | null;

  /** Opens a file, `-` for standard input. Throws a {@linkcode Failure} when it cannot be read. */
  constructor(path: string) {
    this.#name = path === STANDARD ? "standard input" : path;
    this.#packed = path === STANDARD ? libc.dup(0) : libc.open(cString(path), RDONLY_CLOEXEC);
    if (this.#packed < 0) throw this.unreadable(reason(lastErrno()));
    try {
      const { isFile, isDirectory, size } = fileStatus(this.#packed);
      if (isDirectory) throw this.unreadable("it is a folder");
      this.#size = isFile ? size : null;
      const packing = packingOf(begin(this.#packed, PACKING_BEGIN));
      this.#unpacking = packing === null ? null : new Unpacking(packing, this.#packed);
    } catch (error) {
      libc.close(this.#packed);
      throw error;
    }
  }

  /** The descriptor of the unpacked octets, from their first one on. */
  get #fd(): number {
    return this.#unpacking?.fd ?? this.#packed;
  }

  /**
   * Reads unpacked octets, as many as there are now, but waits for the first. How many; 0 at the
   * end. Throws as Deno's own files do.
   */
  read(target: Uint8Array<ArrayBuffer>): number {
    return certain(this.#name, () => libc.read(this.#fd, target, BigInt(target.length)));
  }

  /** Waits until there is something to read, the end of it included, or the signal aborts. */
  async ready(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && poll(this.#fd, POLL.in, 0) === 0) {
      await libc.poll_nonblocking(pollRequest(this.#fd, POLL.in), 1n, LONGEST_WAIT);
    }
  }

  /** Whether it is a pipe, whose writer may let it wait. */
  get isPipe(): boolean {
    return this.#size === null;
  }

  /** How much of the file was read, from 0 to 1; null when it is not known how much there is. */
  get share(): number | null {
    if (this.#size === null || this.#size === 0) return null;
    return Number(libc.lseek(this.#packed, 0n, SEEK_CUR)) / this.#size;
  }

  /** What is wrong with the packed data, to be asked when the unpacked has ended; else null. */
  damage(): string | null {
    return this.#unpacking?.end(true) ?? null;
  }

  /** To be called once. */
  close(): void {
    if (this.#unpacking !== null) {
      libc.close(this.#unpacking.fd);
      this.#unpacking.end(false);
    }
    libc.close(this.#packed);
  }

  /** What to throw when it is no capture. */
  unreadable(why: string): Failure {
    return new Failure(`${this.#name} cannot be read as a capture: ${why}`);
  }
}

/** The first octets that a file or a pipe will give; they stay in it. */
function begin(fd: number, octets: number): Uint8Array {
  const { isFile, isFifo } = fileStatus(fd);
  if (isFifo) return peekPipe(fd, octets);
  if (!isFile) return new Uint8Array();
  const begin = new Uint8Array(octets);
  const at = libc.lseek(fd, 0n, SEEK_CUR);
  return begin.subarray(0, Math.max(Number(libc.pread(fd, begin, BigInt(octets), at)), 0));
}

/** An error number of open(2) in words. */
function reason(errno: number): string {
  const words: Readonly<Record<string, string>> = {
    ENOENT: "there is no such file",
    EACCES: "permission is denied",
  };
  const name = errnoName(errno);
  return words[name] ?? name;
}
