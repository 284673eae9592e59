import type { Job } from "../../contract/job.ts";
import { Failure } from "../../host/failure.ts";
import { fileError } from "../../host/file_error.ts";
import { namelessFile } from "../../host/nameless_file.ts";
import type { Seen } from "../../target/seen.ts";
import { wholeLines } from "../../result/earlier.ts";
import { cannotWrite } from "../../result/output_file.ts";
import { writeWhole } from "../../result/write_whole.ts";

/** A target that waits to be measured. */
export interface SpooledTarget extends Job {
  readonly dp: number;
}

/** Octets that are gathered before they are written, and read at once. */
const PIECE = 64 * 1024;

/** Where the spool of a run is, when its results are in this file. */
export function spoolPath(output: string): string {
  return `${output}.confirm`;
}

/**
 * Targets that wait to be measured, first come first served, in a file: their number is without bound.
 * Lines of JSON, so that a run that goes on later finds those that were left.
 */
export class Spool implements Disposable {
  #path: string | null;
  readonly #file: Deno.FsFile;
  readonly #encoder = new TextEncoder();
  readonly #decoder = new TextDecoder();
  /** Lines that were not written yet. */
  #gathered = "";
  /** Octets that were written, all of them whole lines. */
  #length: number;
  /** Octets that were read. */
  #at = 0;
  #lines: string[] = [];
  #waiting: number;
  #ended = false;
  #wake: () => void = () => {};

  private constructor(path: string | null, file: Deno.FsFile, length: number, waiting: number) {
    this.#path = path;
    this.#file = file;
    this.#length = length;
    this.#waiting = waiting;
  }

  /**
   * An empty one.
   *
   * @param path where it is, for a later run; null for a file without a name
   * @throws {Failure} when it cannot be written
   */
  static open(path: string | null): Spool {
    if (path === null) return new Spool(null, namelessFile(), 0, 0);
    try {
      const file = Deno.openSync(path, { read: true, write: true, create: true, truncate: true });
      return new Spool(path, file, 0, 0);
    } catch (error) {
      throw cannotWrite(path, error);
    }
  }

  /**
   * The one that an earlier run has left, without those targets that were seen; what is left of it
   * counts as seen from now on.
   *
   * @throws {Failure} when it cannot be read or written
   */
  static continue(path: string, seen: Seen): Spool {
    if (!isLeft(path)) return Spool.open(path);
    // The old one stays until the new one is whole
    const unfinished = `${path}.${Deno.pid}.part`;
    const spool = Spool.open(unfinished);
    try {
      for (const line of wholeLines(path)) {
        const target = targetOf(new TextDecoder().decode(line), path);
        if (seen.add(target)) spool.add(target);
      }
      spool.flush();
      Deno.renameSync(unfinished, path);
    } catch (error) {
      spool.close();
      Deno.removeSync(unfinished);
      throw error instanceof Failure ? error : cannotWrite(path, error);
    }
    spool.#path = path;
    return spool;
  }

  /** Targets that wait. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Adds a target. Throws a {@linkcode Failure} when it cannot be written. */
  add({ dip, dp }: SpooledTarget): void {
    this.#gathered += `${JSON.stringify({ dip, dp })}\n`;
    this.#waiting++;
    if (this.#gathered.length >= PIECE) this.flush();
    this.#wake();
  }

  /** Writes what was gathered. Throws a {@linkcode Failure} when that cannot be done. */
  flush(): void {
    if (this.#gathered === "") return;
    const octets = this.#encoder.encode(this.#gathered);
    try {
      this.#file.seekSync(this.#length, Deno.SeekMode.Start);
      writeWhole(this.#file, octets);
    } catch (error) {
      if (this.#file.statSync().isFile) this.#file.truncateSync(this.#length);
      throw cannotWrite(this.#path ?? "a temporary file", error);
    }
    this.#length += octets.length;
    this.#gathered = "";
  }

  /** No more will be added. */
  end(): void {
    this.#ended = true;
    this.#wake();
  }

  /**
   * The next target, as soon as there is one; null when the signal aborts, and after the last.
   *
   * @throws {Failure} when it cannot be read
   */
  async next(signal: AbortSignal): Promise<SpooledTarget | null> {
    while (!signal.aborted) {
      if (this.#lines.length === 0) this.#fill();
      const line = this.#lines.pop();
      if (line !== undefined) {
        this.#waiting--;
        return JSON.parse(line);
      }
      if (this.#ended) return null;
      await this.#more(signal);
    }
    return null;
  }

  /** Removes the file: nothing waits any more. Throws a {@linkcode Failure} when that cannot be done. */
  remove(): void {
    if (this.#path === null) return;
    try {
      Deno.removeSync(this.#path);
    } catch (error) {
      // Whoever has removed it before wanted the same
      if (error instanceof Deno.errors.NotFound) return;
      throw new Failure(`cannot remove ${this.#path}: ${fileError(error)}`, { cause: error });
    }
  }

  close(): void {
    this.#file.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async #more(signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const woken = () => resolve();
    this.#wake = woken;
    signal.addEventListener("abort", woken, { once: true });
    await promise;
    signal.removeEventListener("abort", woken);
  }

  /** Reads lines, the last one first in the list that they are taken from the end of. */
  #fill(): void {
    this.flush();
    const octets = new Uint8Array(Math.min(PIECE, this.#length - this.#at));
    if (octets.length === 0) return;
    try {
      this.#file.seekSync(this.#at, Deno.SeekMode.Start);
      const got = this.#file.readSync(octets) ?? 0;
      const end = octets.subarray(0, got).lastIndexOf(0x0a) + 1;
      this.#at += end;
      this.#lines = this.#decoder.decode(octets.subarray(0, end)).trimEnd().split("\n").reverse();
    } catch (error) {
      throw new Failure(`cannot read ${this.#path ?? "a temporary file"}: ${fileError(error)}`, {
        cause: error,
      });
    }
  }
}

/** Whether a run has left a spool with targets. */
export function isLeft(path: string): boolean {
  try {
    return Deno.statSync(path).size > 0;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw new Failure(`cannot read ${path}: ${fileError(error)}`, { cause: error });
  }
}

function targetOf(line: string, path: string): SpooledTarget {
  try {
    const { dip, dp } = JSON.parse(line);
    if (typeof dip !== "string" || typeof dp !== "number") throw new TypeError("no target");
    return { dip, dp };
  } catch (error) {
    throw new Failure(
      `${path} holds something else than targets to confirm: move it away, and those of the run ` +
        "before are not confirmed",
      { cause: error },
    );
  }
}
