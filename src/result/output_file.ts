import { Failure } from "../host/failure.ts";
import { fileError } from "../host/file_error.ts";
import { fileStatus } from "../host/kernel_file.ts";
import { openForWriting, SpecialFile } from "../host/special_file.ts";
import { STANDARD } from "../host/standard.ts";
import type { OutputStream } from "../host/streams.ts";
import { ReaderGone } from "./reader_gone.ts";
import { writeWhole } from "./write_whole.ts";

const STDIN = 0;

/** A file, or standard output, that holds whole writes only, also when the disk fills up. */
export class OutputFile {
  readonly #name: string;
  readonly #file: Deno.FsFile | SpecialFile | OutputStream;
  #written = 0;

  private constructor(
    name: string,
    file: Deno.FsFile | SpecialFile | OutputStream,
    written = 0,
  ) {
    this.#name = name;
    this.#file = file;
    this.#written = written;
  }

  /**
   * Opens a file, which is made or emptied; standard output is open already.
   *
   * @param inputs files that are being read, and so must not be emptied
   * @throws {Failure} when it cannot be written
   */
  static open(path: string | OutputStream, inputs: readonly string[] = []): OutputFile {
    if (typeof path !== "string") return new OutputFile("standard output", path);
    refuseInputs(path, inputs);
    try {
      return new OutputFile(path, openForWriting(path));
    } catch (error) {
      throw cannotWrite(path, error);
    }
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
      throw cannotWrite(path, error);
    }
  }

  /**
   * The descriptor of something that may block its writer: a pipe, a socket, a terminal. Else null.
   */
  get slow(): number | null {
    const file = this.#file;
    if (file instanceof Deno.FsFile || file.fd === null) return null;
    const isTerminal = !(file instanceof SpecialFile) && file.isTerminal();
    return isTerminal || isConnection(file.fd) ? file.fd : null;
  }

  /**
   * Writes all of it now.
   *
   * @throws {Failure} when it cannot be written; in a file nothing of it is left then
   * @throws {ReaderGone} when a pipe has no reader any more
   */
  write(octets: Uint8Array): void {
    try {
      writeWhole(this.#file, octets);
      this.#written += octets.length;
    } catch (error) {
      if (error instanceof ReaderGone) throw error;
      const file = this.#file;
      if ("truncateSync" in file && file.statSync().isFile) file.truncateSync(this.#written);
      throw cannotWrite(this.#name, error);
    }
  }

  close(): void {
    if ("close" in this.#file) this.#file.close();
  }
}

/** What to throw when a file, by its path, cannot be written. */
export function cannotWrite(path: string, error: unknown): Failure {
  return new Failure(`cannot write ${path}: ${fileError(error)}`, { cause: error });
}

/**
 * Checks that a file which is to be written is none that is being read.
 *
 * @throws {Failure} when it is, or nobody can tell
 */
export function refuseInputs(path: string, inputs: readonly string[]): void {
  let isInput: boolean;
  try {
    isInput = inputs.some((input) => isSameFile(input, path));
  } catch (error) {
    throw cannotWrite(path, error);
  }
  if (isInput) throw new Failure(`${path} is the input itself; write the output to another file`);
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
