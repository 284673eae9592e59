import { OutputFile } from "./output_file.ts";

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
  readonly #file: OutputFile;
  readonly #encoder = new TextEncoder();
  readonly #buffer = new Uint8Array(BUFFER);
  #used = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #error: Error | null = null;
  #thrown = false;

  private constructor(file: OutputFile) {
    this.#file = file;
  }

  /**
   * Opens a file, which is made or emptied; `-` is standard output.
   *
   * @param inputs files that are being read, and so must not be emptied
   * @throws {Failure} when it cannot be written
   */
  static open(path: string, inputs: readonly string[] = []): ResultWriter {
    return new ResultWriter(OutputFile.open(path, inputs));
  }

  /**
   * Opens a file to write on behind its first `length` octets, which end with a whole line.
   *
   * @throws {Failure} when it cannot be written
   */
  static continue(path: string, length: number): ResultWriter {
    return new ResultWriter(OutputFile.continue(path, length));
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
      this.#file.close();
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
      this.#file.write(lines);
    } catch (error) {
      this.#error = error as Error;
      this.#check();
    }
  }

  #check(): void {
    if (this.#error === null) return;
    this.#thrown = true;
    throw this.#error;
  }
}
