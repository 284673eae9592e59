import { Failure } from "../host/failure.ts";
import { fileError } from "../host/file_error.ts";
import { STANDARD } from "../host/standard.ts";
import { ReaderGone } from "./reader_gone.ts";
import { writeWhole } from "./write_whole.ts";

/** Octets that are gathered before they are written. */
const BUFFER = 64 * 1024;

/** The longest that a record waits before it is written, in milliseconds. */
const LATEST = 100;

/**
 * Writes records as lines of JSON. Every write to the file holds whole lines only; a record is
 * written 100 ms after it came at the latest.
 *
 * Its methods throw `Failure` when the output cannot be written (a write in the background that
 * failed is thrown by the next call), and `ReaderGone` when a pipe has no reader any more.
 */
export class ResultWriter {
  readonly #name: string;
  readonly #file: Deno.FsFile | null;
  readonly #encoder = new TextEncoder();
  readonly #buffer = new Uint8Array(BUFFER);
  #used = 0;
  #written = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #error: Error | null = null;
  #thrown = false;

  private constructor(name: string, file: Deno.FsFile | null) {
    this.#name = name;
    this.#file = file;
  }

  /**
   * Opens a file, which is made or emptied; `-` is standard output.
   *
   * @param inputs files that are being read, and so must not be emptied
   * @throws {Failure} when it cannot be written
   */
  static open(path: string, inputs: readonly string[] = []): ResultWriter {
    if (path === STANDARD) return new ResultWriter("standard output", null);
    try {
      if (!inputs.some((input) => input !== STANDARD && isSameFile(input, path))) {
        const options = { write: true, create: true, truncate: true };
        return new ResultWriter(path, Deno.openSync(path, options));
      }
    } catch (error) {
      throw new Failure(`cannot write ${path}: ${fileError(error)}`, { cause: error });
    }
    throw new Failure(`${path} is the input itself; write the output to another file`);
  }

  /** Writes one record, as one line. */
  write(record: unknown): void {
    const line = JSON.stringify(record) + "\n";
    // A UTF-16 unit becomes at most three octets.
    if (this.#used + line.length * 3 > BUFFER) this.flush();
    if (line.length * 3 > BUFFER) return this.#put(this.#encoder.encode(line));
    this.#used += this.#encoder.encodeInto(line, this.#buffer.subarray(this.#used)).written;
    this.#wait();
  }

  /** Writes lines that are ready; `lines` must end with a line feed. */
  writeBytes(lines: Uint8Array): void {
    if (this.#used + lines.length > BUFFER) this.flush();
    if (lines.length > BUFFER) return this.#put(lines);
    this.#buffer.set(lines, this.#used);
    this.#used += lines.length;
    this.#wait();
  }

  /** Writes now what was gathered. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const used = this.#used;
    this.#used = 0;
    this.#put(this.#buffer.subarray(0, used));
  }

  /**
   * Writes what is left and closes the file. To be called once, also after an error, which it does
   * not throw again.
   */
  close(): void {
    try {
      if (!this.#thrown) this.flush();
    } finally {
      this.#file?.close();
    }
  }

  #wait(): void {
    this.#check();
    this.#timer ??= setTimeout(() => this.#flushLater(), LATEST);
  }

  #flushLater(): void {
    try {
      this.flush();
    } catch {
      this.#thrown = false; // it is in #error, for the next call
    }
  }

  #put(lines: Uint8Array): void {
    this.#check();
    try {
      writeWhole(this.#file ?? Deno.stdout, lines);
      this.#written += lines.length;
    } catch (error) {
      this.#error = error instanceof ReaderGone ? error : this.#failure(error);
      this.#check();
    }
  }

  #check(): void {
    if (this.#error === null) return;
    this.#thrown = true;
    throw this.#error;
  }

  /** Cuts off the line that was half written, where the output is a file. */
  #failure(error: unknown): Failure {
    if (this.#file?.statSync().isFile) this.#file.truncateSync(this.#written);
    return new Failure(`cannot write ${this.#name}: ${fileError(error)}`, { cause: error });
  }
}

function isSameFile(a: string, b: string): boolean {
  try {
    const [one, other] = [Deno.statSync(a), Deno.statSync(b)];
    return one.isFile && one.dev === other.dev && one.ino === other.ino;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
