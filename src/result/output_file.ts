import { Failure } from "../host/failure.ts";
import { fileError } from "../host/file_error.ts";
import { fileStatus } from "../host/kernel_file.ts";
import { openForWriting, SpecialFile } from "../host/special_file.ts";
import { STANDARD } from "../host/standard.ts";
import { ReaderGone } from "./reader_gone.ts";
import { writeWhole } from "./write_whole.ts";

const [STDIN, STDOUT] = [0, 1];

/** A file, or standard output, that holds whole writes only, also when the disk fills up. */
export class OutputFile {
  readonly #name: string;
  readonly #file: Deno.FsFile | SpecialFile | null;
  #written = 0;

  private constructor(name: string, file: Deno.FsFile | SpecialFile | null, written = 0) {
    this.#name = name;
    this.#file = file;
    this.#written = written;
  }

  /**
   * Opens a file, which is made or emptied; `-` is standard output.
   *
   * @param inputs files that are being read, and so must not be emptied
   * @throws {Failure} when it cannot be written
   */
  static open(path: string, inputs: readonly string[] = []): OutputFile {
    if (path === STANDARD) return new OutputFile("standard output", null);
    try {
      if (!inputs.some((input) => isSameFile(input, path))) {
        return new OutputFile(path, openForWriting(path));
      }
    } catch (error) {
      throw new Failure(`cannot write ${path}: ${fileError(error)}`, { cause: error });
    }
    throw new Failure(`${path} is the input itself; write the output to another file`);
  }

  /**
   * Opens a file to write on behind its first `length` octets; what is behind them is cut off.
   *
   * @throws {Failure} when it cannot be written
   */
  static continue(path: string, length: number): OutputFile {
    try {
      const file = Deno.openSync(path, { write: true, create: true });
      file.truncateSync(length);
      file.seekSync(length, Deno.SeekMode.Start);
      return new OutputFile(path, file, length);
    } catch (error) {
      throw new Failure(`cannot write ${path}: ${fileError(error)}`, { cause: error });
    }
  }

  /** The descriptor of what may keep its writer waiting: a pipe, a socket, a terminal. Else null. */
  get slow(): number | null {
    if (this.#file === null) {
      return Deno.stdout.isTerminal() || isConnection(STDOUT) ? STDOUT : null;
    }
    return this.#file instanceof SpecialFile && isConnection(this.#file.fd) ? this.#file.fd : null;
  }

  /**
   * Writes all of it now.
   *
   * @throws {Failure} when it cannot be written; in a file nothing of it is left then
   * @throws {ReaderGone} when a pipe has no reader any more
   */
  write(octets: Uint8Array): void {
    try {
      writeWhole(this.#file ?? Deno.stdout, octets);
      this.#written += octets.length;
    } catch (error) {
      if (error instanceof ReaderGone) throw error;
      if (this.#file?.statSync().isFile) this.#file.truncateSync(this.#written);
      throw new Failure(`cannot write ${this.#name}: ${fileError(error)}`, { cause: error });
    }
  }

  close(): void {
    this.#file?.close();
  }
}

function isConnection(fd: number): boolean {
  const { isFifo, isSocket } = fileStatus(fd);
  return isFifo || isSocket;
}

/** Whether an input, `-` for standard input, is the file that a path leads to. */
export function isSameFile(input: string, path: string): boolean {
  try {
    // A shell may have standard input come from a file
    const [one, other] = [fileStatus(input === STANDARD ? STDIN : input), fileStatus(path)];
    return one.isFile && one.identity === other.identity;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
