import { statfsSync } from "node:fs";
import { dirname } from "node:path";
import { Failure } from "../../host/failure.ts";
import { fileError } from "../../host/file_error.ts";

/** Octets that are kept at most. */
const MOST = 8 << 20;
/** Which part of what is free is kept at most. */
const PART = 8;
const PIECE = 1 << 16;
/** There is no more room, or no more for this user. */
const FULL: readonly unknown[] = ["ENOSPC", "EDQUOT"];

/**
 * Room of the disk that nothing else takes: a file beside the database. On a full disk it is given up for as
 * long as somebody is locked out, or something deleted, which SQLite cannot write otherwise.
 */
export class Reserve {
  readonly #path: string;

  /** @param database the file of the database */
  constructor(database: string) {
    this.#path = `${database}.reserve`;
  }

  /** Octets that are kept now. */
  get octets(): number {
    try {
      return Deno.statSync(this.#path).size;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return 0;
      throw error;
    }
  }

  /** Keeps as much as there should be, which is less on a small disk. */
  fill(): void {
    const kept = this.octets;
    const { bavail, bsize } = statfsSync(dirname(this.#path));
    this.#grow(kept, Math.min(MOST, Math.floor((bavail * bsize + kept) / PART)));
  }

  /** Does something with the room that was kept, of which there is as much as possible afterwards. */
  lend<T>(work: () => T): T {
    const kept = this.octets;
    if (kept > 0) Deno.truncateSync(this.#path, 0);
    try {
      return work();
    } finally {
      if (kept > 0) this.#grow(0, kept);
    }
  }

  /** @throws {Failure} when the file cannot be written, for another reason than a full disk */
  #grow(from: number, to: number): void {
    if (from >= to) return;
    // Not zeros, for which some file systems take no room
    const piece = crypto.getRandomValues(new Uint8Array(PIECE));
    try {
      using file = Deno.openSync(this.#path, { create: true, write: true, mode: 0o600 });
      file.seekSync(from, Deno.SeekMode.Start);
      for (let at = from; at < to;) at += file.writeSync(piece.subarray(0, to - at));
    } catch (error) {
      // What was written up to there is what is kept
      if (FULL.includes((error as { readonly code?: unknown }).code)) return;
      throw new Failure(`cannot keep room in ${this.#path}: ${fileError(error)}`, { cause: error });
    }
  }
}
