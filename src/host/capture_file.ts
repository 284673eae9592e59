import { errnoName } from "./errno.ts";
import { Failure } from "./failure.ts";
import { Gunzip } from "./gunzip.ts";
import { GZIP_MAGIC, isGzip } from "./gzip_magic.ts";
import { fileStatus } from "./kernel_file.ts";
import { lastErrno, libc } from "./libc.ts";
import { cString, ERROR_BUFFER, fromBuffer, libpcap } from "./libpcap.ts";
import { peekPipe } from "./spawn.ts";
import { STANDARD } from "./standard.ts";

const NANOSECONDS = 1;
const RDONLY_CLOEXEC = 0o2000000;
const SEEK_CUR = 1;
const IOFBF = 0;
/**
 * Octets of a real file that are read at once: with the C library's own 4 KiB, reading takes 5 %
 * longer.
 */
const READ_AHEAD = 1 << 18;

/** A capture file that is open: pcap or pcapng, packed with gzip or not, a pipe or a real file. */
export class CaptureFile {
  readonly #name: string;
  readonly #gunzip: Gunzip | null;
  /** Where the file itself is read; its position says how far that has come. */
  readonly #fd: number;
  /** Octets of a real file; null when it is a pipe. */
  readonly #size: number | null;
  /** What the C library reads into; it must outlive the capture. */
  #buffer: Uint8Array<ArrayBuffer> | null = null;
  readonly pcap: NonNullable<Deno.PointerValue>;

  /** Opens a file, `-` for standard input. Throws a {@linkcode Failure} when it cannot be read. */
  constructor(path: string) {
    this.#name = path === STANDARD ? "standard input" : path;
    this.#fd = path === STANDARD ? libc.dup(0) : libc.open(cString(path), RDONLY_CLOEXEC);
    if (this.#fd < 0) throw this.#unreadable(reason(lastErrno()));
    try {
      const { isFile, isFifo, isDirectory, size } = fileStatus(this.#fd);
      if (isDirectory) throw this.#unreadable("it is a folder");
      this.#size = isFile ? size : null;
      const begin = isFile ? this.#peek() : isFifo ? peekPipe(this.#fd, 2) : [];
      this.#gunzip = isGzip(begin) ? new Gunzip(this.#fd) : null;
    } catch (error) {
      libc.close(this.#fd);
      throw error;
    }
    this.pcap = this.#open();
  }

  /** Whether it is a pipe, whose writer may let it wait. */
  get isPipe(): boolean {
    return this.#size === null;
  }

  /** How much of the file was read, from 0 to 1; null when it is not known how much there is. */
  get share(): number | null {
    if (this.#size === null || this.#size === 0) return null;
    return Number(libc.lseek(this.#fd, 0n, SEEK_CUR)) / this.#size;
  }

  /** What is wrong with the packed data, to be asked when the capture has ended; else null. */
  damage(): string | null {
    const damage = this.#gunzip?.end(true) ?? null;
    return damage === null ? null : `its gzip data is damaged: ${damage}`;
  }

  /** To be called once, after the capture was closed, which closes what it read from. */
  close(): void {
    this.#buffer = null;
    if (this.#gunzip === null) return;
    this.#gunzip.end(false);
    libc.close(this.#fd);
  }

  #peek(): Uint8Array {
    const begin = new Uint8Array(GZIP_MAGIC.length);
    libc.pread(
      this.#fd,
      begin,
      BigInt(begin.length),
      libc.lseek(this.#fd, 0n, SEEK_CUR),
    );
    return begin;
  }

  #open(): NonNullable<Deno.PointerValue> {
    const stream = libc.fdopen(this.#gunzip?.fd ?? this.#fd, cString("r"));
    if (this.#gunzip === null && this.#size !== null) {
      this.#buffer = new Uint8Array(READ_AHEAD);
      const at = Deno.UnsafePointer.of(this.#buffer);
      libc.setvbuf(stream, at, IOFBF, BigInt(READ_AHEAD));
    }
    const error = new Uint8Array(ERROR_BUFFER);
    const pcap = libpcap().pcap_fopen_offline_with_tstamp_precision(stream, NANOSECONDS, error);
    if (pcap !== null) return pcap;
    const damage = this.damage();
    libc.fclose(stream);
    this.close();
    throw this.#unreadable(
      damage ?? `${fromBuffer(error)}; give a pcap or pcapng file that you may read`,
    );
  }

  #unreadable(why: string): Failure {
    return new Failure(`${this.#name} cannot be read as a capture: ${why}`);
  }
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

/**
 * libpcap's error for a file that it cannot read further, with advice where it is not obvious. It
 * supports one link type and one snapshot length per file.
 */
export function explainFault(said: string): string {
  const several = /an interface has a (type|snapshot length) .*different from/.exec(said);
  if (several === null) return said;
  return several[1] === "type"
    ? "it has interfaces of different link types, and only those of one can be read at once: put " +
      "each interface's packets into a file of their own first, as Wireshark does"
    : "it has interfaces of different snapshot lengths, and only those of one can be read at " +
      "once: convert it first with `editcap -F pcap`";
}
