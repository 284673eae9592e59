import { z } from "zod";
import type { Target } from "../../../contract/job.ts";
import { namelessFile, writeAll } from "../../../host/nameless_file.ts";
import type { Input } from "../../../target/input.ts";
import { readJobs } from "../../../target/read.ts";
import { Skipped } from "../../../target/skipped.ts";
import type { RemoteServer } from "./server.ts";

/** Targets that are sent with the measurement itself; of more a list is made first. */
const MOST_INLINE = 1000;
/** Octets that are read of a list, and written to it, at once. */
const PIECE = 256 * 1024;
/** How long a server may take for a list, in milliseconds. */
const UPLOAD_PATIENCE = 600_000;

const uploaded = z.object({ id: z.string().regex(/^[\w-]{1,64}$/), targets: z.int() });

/** How targets are read. */
export interface TargetsOptions {
  readonly csv: boolean;
  readonly needs: "address" | "domain";
  readonly signal: AbortSignal;
  /** Is told of lines that are skipped. */
  readonly skipped: (line: number, problem: string) => void;
}

/** Targets for a server, checked as this host checks its own: many of them wait in a file without a name. */
export class RemoteTargets implements Disposable {
  readonly skipped = new Skipped();
  count = 0;
  /** Where lines are not behind each other: the target, from 1, and its line. */
  readonly #places: { readonly target: number; readonly line: number }[] = [];
  #inline: Target[] = [];
  #file: Deno.FsFile | null = null;

  /**
   * Reads all of an input, or until the signal aborts.
   *
   * @throws {Failure} when it cannot be read, or there is no room for the file
   */
  static async read(
    { stream, name }: Input,
    { csv, needs, signal, skipped }: TargetsOptions,
  ): Promise<RemoteTargets> {
    const targets = new RemoteTargets();
    try {
      for await (const read of readJobs(stream, { csv, needs, name, signal })) {
        if ("job" in read) targets.#add(read.job, read.line);
        else {
          targets.skipped.add(read);
          skipped(read.line, read.problem);
        }
      }
      targets.#spill();
      return targets;
    } catch (error) {
      targets[Symbol.dispose]();
      throw error;
    }
  }

  /**
   * Them as a request has them: themselves, or the list that was uploaded with them.
   *
   * @throws {RemoteFailure} when the server does not take the list
   */
  async asked(
    server: RemoteServer,
    needs: "address" | "domain",
  ): Promise<readonly Target[] | { readonly list: string }> {
    const file = this.#file;
    if (file === null) return this.#inline;
    const query = new URLSearchParams({ name: "spider remote", needs });
    const { id } = await server.record(uploaded, `lists?${query}`, {
      method: "POST",
      headers: { "content-type": "application/x-ndjson" },
      body: () => piecesOf(file),
      patience: UPLOAD_PATIENCE,
    });
    return { list: id };
  }

  /** The line of the input that a target stands in, both from 1. */
  lineOf(target: number): number {
    const place = this.#places.findLast((one) => one.target <= target);
    return place === undefined ? target : place.line + target - place.target;
  }

  [Symbol.dispose](): void {
    this.#file?.close();
  }

  #add(job: Target, line: number): void {
    this.count++;
    if (this.lineOf(this.count) !== line) this.#places.push({ target: this.count, line });
    this.#inline.push(job);
    if (this.#inline.length <= MOST_INLINE) return;
    this.#file ??= namelessFile();
    this.#spill();
  }

  /** Puts what is in memory behind what is in the file, where there is one. */
  #spill(): void {
    if (this.#file === null || this.#inline.length === 0) return;
    const text = this.#inline.map((job) => `${JSON.stringify(job)}\n`).join("");
    writeAll(this.#file, new TextEncoder().encode(text));
    this.#inline = [];
  }
}

/** A file from its beginning on. */
function piecesOf(file: Deno.FsFile): ReadableStream<Uint8Array> {
  file.seekSync(0, Deno.SeekMode.Start);
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      const piece = new Uint8Array(PIECE);
      const got = file.readSync(piece);
      if (got === null) controller.close();
      else controller.enqueue(piece.subarray(0, got));
    },
  }, { highWaterMark: 0 });
}
