import { jsonText } from "../host/json_text.ts";
import type { OutputStream } from "../host/streams.ts";
import { OutputFile } from "./output_file.ts";
import { PipeWriter } from "./pipe_writer.ts";

/** Octets that are gathered before they are written. */
const BUFFER = 64 * 1024;

/** How long a record may wait before it is written, in milliseconds. */
const LATEST = 100;

/**
 * Writes records as lines of JSON. Every write to a file holds whole lines only; a record is
 * written 100 ms after it came at the latest. What a pipe has no room for is kept in memory,
 * without blocking: producers of records should wait for `room` first.
 *
 * Its methods throw `Failure` when the output cannot be written (a write in the background that
 * failed is thrown by the next call), and `ReaderGone` when a pipe has no reader any more.
 */
export class ResultWriter {
  readonly #file: OutputFile;
  readonly #pipe: PipeWriter | null;
  readonly #encoder = new TextEncoder();
  readonly #buffer = new Uint8Array(BUFFER);
  #used = 0;
  /** Records in the buffer. */
  #held = 0;
  #written = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #error: Error | null = null;
  #thrown = false;

  private constructor(file: OutputFile) {
    this.#file = file;
    const { slow } = file;
    this.#pipe = slow === null ? null : new PipeWriter(file, slow);
  }

  /**
   * Opens a file, which is made or emptied; standard output is open already.
   *
   * @param inputs files that are being read, and so must not be emptied
   * @throws {Failure} when it cannot be written
   */
  static open(path: string | OutputStream, inputs: readonly string[] = []): ResultWriter {
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

  /** Records that were written, without those that wait for a reader. */
  get written(): number {
    return this.#written;
  }

  /** Octets that wait for the reader of a pipe. */
  get waiting(): number {
    return this.#pipe?.waiting ?? 0;
  }

  /** Waits until the reader of a pipe has caught up, or the signal aborts; null when it has now. */
  room(signal: AbortSignal): Promise<void> | null {
    return this.#pipe?.room(signal) ?? null;
  }

  /** Writes one record, as one line. */
  write(record: unknown): void {
    this.writeLine(jsonText(record));
  }

  /** Writes one record that is JSON already, without the end of its line. */
  writeLine(text: string): void {
    const line = text + "\n";
    // A UTF-16 unit becomes at most three octets.
    if (this.#used + line.length * 3 > BUFFER) this.flush();
    if (line.length * 3 > BUFFER) return this.#put(this.#encoder.encode(line), 1);
    this.#used += this.#encoder.encodeInto(line, this.#buffer.subarray(this.#used)).written;
    this.#held++;
    this.#wait();
  }

  /**
   * Writes lines that are ready, and end with a line feed; or octets of a form that has no lines.
   *
   * @param records how many records they are counted as
   */
  writeBytes(lines: Uint8Array, records = 0): void {
    if (this.#used + lines.length > BUFFER) this.flush();
    if (lines.length > BUFFER) return this.#put(lines, records);
    this.#buffer.set(lines, this.#used);
    this.#used += lines.length;
    this.#held += records;
    this.#wait();
  }

  /** Writes what was gathered, as far as there is room. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const used = this.#used;
    const held = this.#held;
    this.#used = 0;
    this.#held = 0;
    this.#put(this.#buffer.subarray(0, used), held);
  }

  /** Writes all that was gathered, however slow the reader is. */
  async delivered(): Promise<void> {
    this.flush();
    try {
      await this.#pipe?.delivered();
    } catch (error) {
      this.#error = error as Error;
    }
    this.#check();
  }

  /**
   * Writes what is left and closes the file. To be called once, also after an error, which it does
   * not throw again.
   */
  async close(): Promise<void> {
    try {
      if (!this.#thrown) await this.delivered();
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

  #put(lines: Uint8Array, records: number): void {
    this.#check();
    const written = () => {
      this.#written += records;
    };
    try {
      if (this.#pipe !== null) return this.#pipe.put(lines, written);
      this.#file.write(lines);
      written();
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
