import { Failure } from "../host/failure.ts";
import { fileError } from "../host/file_error.ts";
import { fileStatus } from "../host/kernel_file.ts";
import { openForWriting, type SpecialFile } from "../host/special_file.ts";
import { STANDARD } from "../host/standard.ts";
import { ReaderGone } from "./reader_gone.ts";
import { writeWhole } from "./write_whole.ts";

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
      if (!inputs.some((input) => input !== STANDARD && isSameFile(input, path))) {
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

function isSameFile(a: string, b: string): boolean {
  try {
    const [one, other] = [fileStatus(a), fileStatus(b)];
    return one.isFile && one.identity === other.identity;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
